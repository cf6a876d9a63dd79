import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  AbstractEventLoop,
  createHandle,
  debugLog,
  enqueueHandle,
  EventLoop,
  hostOf,
  installPoller,
  isRegistered,
  perLoop,
  registerExtension,
  run,
  RuntimeError,
  sleep,
} from '../index.ts';

import { FakePoller } from '../../test/fake-poller.ts';

/** A loop with what the package below adds; its own declaration is shown by outside-framework.test.ts. */
type Greeting = EventLoop & { outsideGreet(name: string): string };

const trace: string[] = [];
const counters = perLoop(() => ({ greeted: 0 }));

// One registration for the file: there is no way back, as in a program.
registerExtension({
  name: '@outside/greetings',
  methods: {
    outsideGreet(name: string) {
      counters(this).greeted += 1;
      return `hello ${name}`;
    },
  },
  attach: () => void trace.push('attach'),
  async aroundRun(runner, body) {
    trace.push(`around ${runner.mainTask?.getName()}`);
    const result = await body();
    trace.push('after');
    return result;
  },
  close: () => void trace.push('close 1'),
});
registerExtension({
  name: '@outside/second',
  close: () => void trace.push('close 2'),
});

afterEach(() => {
  trace.length = 0;
});

describe('registerExtension', () => {
  it('puts methods on every loop, with their types, and keeps an object for each loop', () => {
    using first = new EventLoop() as Greeting;
    using second = new EventLoop();
    expect(first.outsideGreet('you')).toBe('hello you');
    first.outsideGreet('again');
    expect([counters(first).greeted, counters(second).greeted]).toEqual([2, 0]);
    expect(isRegistered('@outside/greetings')).toBe(true);
    expect(Object.keys(first)).not.toContain('outsideGreet');
  });

  it('attaches to loops that exist and to new ones, and closes in reverse order', () => {
    const loop = new EventLoop();
    expect(trace).toEqual(['attach']);
    const late: EventLoop[] = [];
    registerExtension({ name: '@outside/late', attach: (each) => void late.push(each) });
    expect(late).toContain(loop);
    loop.close();
    expect(trace).toEqual(['attach', 'close 2', 'close 1']);
  });

  it('runs around each run', async () => {
    const result = await run(async () => {
      trace.push('main');
      return 5;
    });
    expect(result).toBe(5);
    const relevant = trace.filter((each) => !/attach|close/.test(each));
    expect(relevant).toEqual([expect.stringMatching(/^around Task-\d+$/), 'main', 'after']);
  });

  it('refuses a second copy, with the way out', () => {
    expect(() => registerExtension({ name: '@outside/greetings' })).toThrow(RuntimeError);
    expect(() => registerExtension({ name: '@outside/greetings' })).toThrow(
      /two copies of the package are loaded.*npm ls @outside\/greetings/,
    );
  });

  it('refuses a method that is there already, and what is no method', () => {
    const existing = { name: '@outside/clash', methods: { callSoon: () => {} } };
    expect(() => registerExtension(existing)).toThrow(
      '@outside/clash brings a method callSoon() that loops have already',
    );
    const again = { name: '@outside/clash', methods: { outsideGreet: () => {} } };
    expect(() => registerExtension(again)).toThrow('outsideGreet()');
    expect(() => registerExtension({ name: '@outside/clash', methods: { x: 5 as never } })).toThrow(
      'Expected method x of @outside/clash to be a function, got 5',
    );
    expect(() => registerExtension({ name: '' })).toThrow('Expected extension.name');
    expect(isRegistered('@outside/clash')).toBe(false);
  });

  it('closes the other packages when one fails to', () => {
    const loop = new EventLoop();
    let failing = true;
    registerExtension({
      name: '@outside/fails',
      close: () => {
        if (failing) throw new Error('cannot close');
      },
    });
    expect(() => loop.close()).toThrow('cannot close');
    failing = false;
    expect(trace).toEqual(['attach', 'close 2', 'close 1']);
    expect(loop.isClosed()).toBe(true);
  });
});

describe('the functions for extensions', () => {
  const others = [
    undefined,
    null,
    5,
    'many',
    {},
    () => {},
    new (class extends AbstractEventLoop {})(),
  ];
  const functions: Array<[string, (loop: EventLoop) => unknown]> = [
    ['hostOf', hostOf],
    ['installPoller', (loop) => installPoller(loop, (wake) => new FakePoller(wake))],
    ['createHandle', (loop) => createHandle(loop, () => {}, [])],
    ['enqueueHandle', (loop) => enqueueHandle(loop, undefined as never)],
    ['debugLog', (loop) => debugLog(loop, 'text')],
  ];

  it.each(functions)('refuse what is no loop of ours: %s', (name, call) => {
    for (const other of others) {
      expect(() => call(other as EventLoop)).toThrow(
        `Expected the loop of ${name}() to be an EventLoop, got `,
      );
    }
  });

  it('name the argument of what perLoop() gives, and whose object it was to be', () => {
    function counter(): object {
      return {};
    }
    for (const other of others) {
      expect(() => perLoop(counter)(other as EventLoop)).toThrow(
        /^Expected loop to be an EventLoop, got .*: perLoop\(counter\) keeps an object for each$/,
      );
    }
    expect(() => counters(5 as never)).toThrow('Expected loop to be an EventLoop, got 5: perLoop(');
  });

  it('refuse what is no function, no list of arguments and no handle, with nothing queued', async () => {
    using loop = new EventLoop();
    expect(() => perLoop('many' as never)).toThrow('by perLoop(), got "many"');
    expect(() => createHandle(loop, () => {}, 'many' as never)).toThrow(
      'Expected args to be an array, got "many"',
    );
    for (const handle of [undefined, null, 5, () => {}, { _run: () => {} }]) {
      expect(() => enqueueHandle(loop, handle as never)).toThrow('Expected handle to be a Handle');
    }
    await loop.runUntilComplete(async () => await sleep(0));
  });
});

describe('installPoller', () => {
  it("serves a poller's events between callbacks and timers, and is woken by it", async () => {
    const loop = new EventLoop();
    const poller = installPoller(loop, (wake) => new FakePoller(wake));
    const got: string[] = [];
    const handle = createHandle(loop, (text: string) => void got.push(text), ['rung']);
    await loop.runUntilComplete(async () => {
      poller.ready(() => enqueueHandle(loop, handle));
      loop.callSoon(() => got.push('soon'));
      while (got.length < 2) await sleep(0.001);
      poller.ready(() => enqueueHandle(loop, handle));
      while (got.length < 3) await sleep(0.001);
    });
    expect(got).toEqual(['soon', 'rung', 'rung']);
    expect(poller.calls.some((call) => call.startsWith('arm '))).toBe(true);
    loop.close();
    expect(poller.calls.at(-1)).toBe('close');
  });

  it('takes one poller only, and none on a closed loop', () => {
    const loop = new EventLoop();
    installPoller(loop, (wake) => new FakePoller(wake));
    expect(() => installPoller(loop, (wake) => new FakePoller(wake))).toThrow(
      'has a poller already',
    );
    loop.close();
    expect(() => installPoller(loop, (wake) => new FakePoller(wake))).toThrow(
      'Event loop is closed',
    );
  });

  it('refuses a handle without a callback', () => {
    using loop = new EventLoop();
    expect(() => createHandle(loop, 5 as never, [])).toThrow(
      'a callable object was expected by createHandle(), got 5',
    );
  });
});

afterAll(() => {
  trace.length = 0;
});
