import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canDrain } from '../../test/can-drain.ts';
import { Future } from '../future/future.ts';
import { run } from '../run/run.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { framesOf } from './debug-mode.ts';
import { EventLoop } from './event-loop.ts';

const HERE = /debug-mode\.test\.ts:\d+/;

describe('debug mode', () => {
  let loop: EventLoop;
  let host: VirtualHost;

  beforeEach(() => {
    host = new VirtualHost();
    loop = new EventLoop({ host, debug: true });
  });

  afterEach(() => {
    loop.setDebug(false);
    loop.close();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const runOnce = (): Promise<void> => {
    loop.stop();
    return loop.runForever();
  };

  it.each([
    [undefined, false],
    ['', false],
    ['0', true],
    ['1', true],
  ])('DBG-001 is on by default where LOOP_DEBUG is set and not empty: %j', (value, expected) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubEnv('LOOP_DEBUG', value);
    using byDefault = new EventLoop();
    expect(byDefault.getDebug()).toBe(expected);
    using forced = new EventLoop({ debug: !expected });
    expect(forced.getDebug()).toBe(!expected);
  });

  it('DBG-002 is switched by setDebug(), also while the loop runs', async () => {
    const seen = [loop.getDebug()];
    const first = loop.callSoon(() => {
      seen.push(loop.getDebug());
      loop.setDebug(false);
      seen.push(loop.getDebug());
    });
    await runOnce();
    expect(seen).toEqual([true, true, false]);
    expect(loop.callSoon(() => {}).toString()).toBe('<Handle anonymous()>');
    loop.setDebug(true);
    expect(loop.callSoon(() => {}).toString()).toContain('created at');
    expect(first.toString()).toContain('created at');
    await runOnce();
  });

  it.each([
    [1, '1'],
    ['yes', '"yes"'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('refuses %j as a flag', (value, text) => {
    const refused = `to be a boolean, got ${text}`;
    expect(() => loop.setDebug(value as never)).toThrow(`Expected enabled ${refused}`);
    expect(loop.getDebug()).toBe(true);
  });

  it.each([undefined, null, 'many', NaN])('refuses %j as the duration of a slow one', (value) => {
    expect(() => (loop.slowCallbackDuration = value as never)).toThrow(
      'Expected slowCallbackDuration to be a number',
    );
    expect(loop.slowCallbackDuration).toBe(0.1);
  });

  it.each([
    ['an async function', async () => {}],
    ['a generator function', function* () {}],
  ] as const)('DBG-006 refuses %s as a callback', (_, coroutine) => {
    const refused = (method: string) => new TypeError(`coroutines cannot be used with ${method}()`);
    expect(() => loop.callSoon(coroutine)).toThrow(refused('callSoon'));
    expect(() => loop.callSoonThreadsafe(coroutine)).toThrow(refused('callSoonThreadsafe'));
    expect(() => loop.callLater(1, coroutine)).toThrow(refused('callAt'));
    expect(() => loop.callAt(1, coroutine)).toThrow(refused('callAt'));
    loop.setDebug(false);
    expect(loop.callSoon(coroutine).cancelled()).toBe(false);
  });

  it('DBG-006 refuses a coroutine object, with debug mode or without', () => {
    const coroutine = (function* () {})();
    for (const debug of [true, false]) {
      loop.setDebug(debug);
      expect(() => loop.callSoon(coroutine as never)).toThrow(TypeError);
    }
  });

  it('DBG-010 changes neither results nor order', async () => {
    const traces = [];
    for (const debug of [false, true]) {
      using compared = new EventLoop({ host: new VirtualHost(), debug });
      const trace: string[] = [];
      compared.setExceptionHandler((_, { exception }) => void trace.push(String(exception)));
      compared.callLater(0.5, () => trace.push('timer'));
      compared.callSoon(() => {
        throw new Error('from a callback');
      });
      const worker = (name: string) => async () => {
        for (const turn of [1, 2]) {
          await compared.createTask(function* () {
            trace.push(`${name} ${turn}`);
            yield;
          });
        }
        return name;
      };
      const tasks = ['a', 'b'].map((name) => compared.createTask(worker(name)));
      const result = await compared.runUntilComplete(async () => {
        const over = compared.createFuture<string>();
        compared.callLater(1, () => over.setResult('over'));
        return [await over, ...(await Promise.all(tasks))];
      });
      traces.push([...trace, ...result]);
      compared.setDebug(false);
    }
    expect(traces[1]).toEqual(traces[0]);
    expect(traces[0]).toEqual([
      'Error: from a callback',
      'a 1',
      'b 1',
      'a 2',
      'b 2',
      'timer',
      'over',
      'a',
      'b',
    ]);
  });

  it('DBG-003 DBG-004 reports callbacks and steps that take too long', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(loop.slowCallbackDuration).toBe(0.1);
    loop.slowCallbackDuration = 0.25;
    loop.callSoon(function quick() {
      host.advance(0.2);
    });
    loop.callSoon(function slow() {
      host.advance(0.25);
    });
    const task = loop.createTask(
      function* slowTask() {
        host.advance(1.5);
        yield;
      },
      { name: 'sluggish' },
    );
    await loop.runUntilComplete(task);
    const texts = warn.mock.calls.map(([text]) => String(text));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/^Executing <Handle slow\(\) created at .*> took 0\.250 seconds$/);
    expect(texts[1]).toMatch(/^Executing <Task pending name='sluggish' .*> took 1\.500 seconds$/);
  });

  it('DBG-004 measures the step of an async function with its microtasks', async ({ skip }) => {
    skip(!canDrain, 'needs a drain');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await loop.runUntilComplete(async () => {
      await loop.createTask(async () => {
        await Promise.resolve();
        host.advance(2);
      });
    });
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^Executing <Task .* took 2\.000 seconds$/),
    ]);
  });

  it('DBG-004 reports everything at 0, and nothing without debug mode', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    loop.slowCallbackDuration = 0;
    loop.callSoon(() => {});
    await runOnce();
    expect(warn).toHaveBeenCalledTimes(1);
    loop.setDebug(false);
    loop.callSoon(() => host.advance(10));
    await runOnce();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('DBG-007 remembers where futures, tasks and handles were made', async () => {
    const reported: unknown[] = [];
    loop.setExceptionHandler((_, context) => {
      reported.push(context.source_traceback);
    });
    const future = new Future({ loop });
    const handle = loop.callSoon(() => {
      throw new Error('from here');
    });
    const task = loop.createTask(function* () {});
    for (const made of [future, handle, task]) expect(String(made)).toMatch(/created at /);
    for (const made of [future, handle, task]) expect(String(made)).toMatch(HERE);
    await loop.runUntilComplete(task);
    const [stack] = reported as string[][];
    expect(stack!.length).toBeLessThanOrEqual(10);
    expect(stack!.at(-1)).toMatch(HERE);
    loop.setDebug(false);
    expect(String(loop.callSoon(() => {}))).not.toContain('created at');
  });

  it('DBG-007 leaves the own frames out, by their compiled name and by that of source maps', () => {
    const own = new URL('../../', import.meta.url);
    const text = [
      'Error: stack',
      `    at recordCreation (${own.href}dist/loop/debug-mode.js:14:23)`,
      `    at Task._step (${own.pathname}src/task/driver.ts:140:5)`,
      `    at new Future (${own.pathname}dist/future/future.js:60:9)`,
      '    at main (/app/src/main.ts:4:18)',
      '    at file:///app/dist/start.js:1:7',
      `    at EventLoop._soon (${own.href}src/loop/event-loop.ts:495:20)`,
    ].join('\n');
    expect(framesOf(text)).toEqual([
      'file:///app/dist/start.js:1:7',
      'main (/app/src/main.ts:4:18)',
    ]);
  });

  it('DBG-008 shows arguments, and keeps the text of cancelled handles', () => {
    function noop(): void {}
    const handle = loop.callSoon<[number, number]>(noop, 1, 2);
    expect(String(handle)).toMatch(/^<Handle noop\(1, 2\) created at .*>$/);
    handle.cancel();
    expect(String(handle)).toMatch(/^<Handle cancelled noop\(1, 2\) created at .*>$/);
    loop.setDebug(false);
    const plain = loop.callSoon<[number, number]>(noop, 1, 2);
    expect(String(plain)).toBe('<Handle noop()>');
    plain.cancel();
    expect(String(plain)).toBe('<Handle cancelled>');
  });

  it('DBG-009 names the target of a bound function', () => {
    function target(this: unknown): void {}
    const bound = target.bind({}, ...([] as []));
    expect(String(loop.callSoon(bound))).toMatch(/^<Handle target\(\)\(\) /);
    loop.setDebug(false);
    expect(String(loop.callSoon(bound))).toBe('<Handle target()()>');
  });

  it.each([
    ['loop', 1],
    ['net, LOOP', 1],
    ['*', 1],
    ['net', 0],
    ['', 0],
    [undefined, 0],
  ])('DBG-012 says that a loop is closed where NODE_DEBUG is %j', (sections, times) => {
    vi.stubEnv('NODE_DEBUG', sections);
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const closing = new EventLoop({ host: host, debug: true });
    closing.close();
    new EventLoop({ host: host, debug: false }).close();
    const said = ['LOOP: Close <EventLoop running=false closed=false debug=true>'];
    expect(error.mock.calls.flat()).toEqual(times === 1 ? said : []);
  });

  it.each([true, false])('DBG-013 is forced by run(main, { debug: %s })', async (debug) => {
    vi.stubEnv('LOOP_DEBUG', debug ? '' : '1');
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    let seen: boolean | null = null;
    await run(
      async () => {
        const { getRunningLoop } = await import('./running-loop.ts');
        seen = getRunningLoop().getDebug();
      },
      { debug },
    );
    expect(seen).toBe(debug);
  });
});
