import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installFakePoller } from '../../test/fake-poller.ts';
import { runOnce } from '../../test/run-once.ts';
import { Context } from '../context/context.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop, type ExceptionContext } from './event-loop.ts';
import { Handle } from './handle.ts';

let loop: EventLoop;
let trace: string[];
let reported: ExceptionContext[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
  reported = [];
  loop.setExceptionHandler((_, context) => void reported.push(context));
});

afterEach(() => {
  loop.close();
});

const log = (...parts: unknown[]): void => void trace.push(parts.join(' '));
const nothing = (): void => {};

describe.each(['callSoon', 'callSoonThreadsafe'] as const)('%s', (method) => {
  it('CB-001 gives a handle at once, and calls back with the arguments in the next iteration', async () => {
    const handle = loop[method](log, 'a', 1, null);
    expect(handle).toBeInstanceOf(Handle);
    expect(trace).toEqual([]);
    await runOnce(loop);
    expect(trace).toEqual(['a 1 ']);
    await runOnce(loop);
    expect(trace).toEqual(['a 1 ']);
  });

  it('CB-002 runs callbacks in the order they were scheduled, each once', async () => {
    const first = loop[method](log, 'twice');
    const second = loop[method](log, 'twice');
    for (let i = 0; i < 200; i += 1) loop[method](log, i);
    expect(first).not.toBe(second);
    await runOnce(loop);
    await runOnce(loop);
    const numbers = Array.from({ length: 200 }, (_, i) => `${i}`);
    expect(trace).toEqual(['twice', 'twice', ...numbers]);
  });

  it('CB-005 ignores what the callback returns, and does not wait for a promise', async () => {
    let resolve = nothing;
    loop[method](() => new Promise<void>((settle) => (resolve = settle)));
    loop[method](async () => {
      await new Promise((settle) => void setImmediate(settle));
      log('the async function ends');
    });
    loop[method](() => 'a result');
    loop[method](log, 'behind');
    await runOnce(loop);
    expect(trace).toEqual(['behind']);
    expect(reported).toEqual([]);
    resolve();
    await new Promise((settle) => void setImmediate(settle));
    expect(trace).toEqual(['behind', 'the async function ends']);
  });

  it('CB-005 reports the error of an async callback, whose promise nobody else can have', async () => {
    const failed = new Error('failed');
    const handle = loop[method](async () => {
      await new Promise((settle) => void setImmediate(settle));
      throw failed;
    });
    const held = Promise.reject(new Error('of a promise that others may hold'));
    held.catch(nothing);
    loop[method](() => held);
    await runOnce(loop);
    await new Promise((settle) => void setImmediate(settle));
    expect(reported).toMatchObject([{ exception: failed, handle }]);
    expect(reported[0]?.message).toMatch(/^Exception in callback /);
    await expect(held).rejects.toThrow('that others may hold');
  });

  it('CB-006 takes options first, and refuses one that it does not know', async () => {
    const options = { context: new Context() };
    const handle = loop[method](options, log, 'with options');
    expect(handle.getContext()).toBe(options.context);
    loop[method]({}, log, 'without any');
    expect(() => loop[method]({ key: 1 } as never, log, 'refused')).toThrow(
      new TypeError(`${method}() has no option "key"; it takes context`),
    );
    expect(() => loop[method]({ context: 5 } as never, log, 'refused')).toThrow(
      new TypeError('Expected context to be a Context, got 5'),
    );
    await runOnce(loop);
    expect(trace).toEqual(['with options', 'without any']);
  });

  it.each<[string, readonly unknown[], string]>([
    ['nothing', [], 'undefined'],
    ['null', [null], 'null'],
    ['a text', ['blah', 1], '"blah"'],
    ['an object alone', [new Map()], '[object Map]'],
    ['a number behind options', [{}, 5], '5'],
    ['null behind options', [{ context: null }, null], 'null'],
  ])('CB-007 refuses %s in place of a callback, with debug mode or without', (_, args, text) => {
    for (const debug of [false, true]) {
      loop.setDebug(debug);
      const call = loop[method].bind(loop) as unknown as (...args: readonly unknown[]) => void;
      expect(() => call(...args)).toThrow(TypeError);
      expect(() => call(...args)).toThrow(
        `a callable object was expected by ${method}(), got ${text}`,
      );
    }
    loop.setDebug(false);
  });

  it('takes arguments that look like options', async () => {
    loop[method]((options: object) => log(Object.keys(options)), { context: 1 });
    await runOnce(loop);
    expect(trace).toEqual(['context']);
  });
});

describe('iterations', () => {
  it('CB-003 runs what a batch schedules in the next one, behind another poll', async () => {
    const poller = installFakePoller(loop);
    loop.callSoon(() => {
      log('1');
      loop.callSoon(log, '2');
      poller.ready(() => void loop.callSoon(log, 'from the poll'));
    });
    loop.callSoon(log, '1 too');
    await runOnce(loop);
    expect(trace).toEqual(['1', '1 too']);
    await runOnce(loop);
    expect(trace).toEqual(['1', '1 too', '2', 'from the poll']);
    expect(poller.calls).toEqual(['poll', 'poll']);
  });

  it('CB-003 a callback that schedules itself starves neither timers nor I/O', async () => {
    const real = new EventLoop();
    const poller = installFakePoller(real);
    let event = false;
    let timer = false;
    real.callLater(0.001, () => (timer = true));
    const again = (): void => {
      if (event && timer) real.stop();
      else real.callSoon(again);
    };
    real.callSoon(again);
    setImmediate(() => poller.ready(() => void real.callSoon(() => (event = true))));
    await real.runForever();
    expect([event, timer]).toEqual([true, true]);
    real.close();
  });

  it('CB-003 starves nothing either where the clock stands still meanwhile', async () => {
    let done = false;
    setImmediate(() => setImmediate(() => (done = true)));
    const again = (): void => void (done ? loop.stop() : loop.callSoon(again));
    loop.callSoon(again);
    await loop.runForever();
    expect(loop.time()).toBe(0);
  });

  it('CB-004 runs what is queued, then what the poll finds, then the timers that are due', async () => {
    const poller = installFakePoller(loop);
    loop.callLater(-1, log, 'timer');
    poller.ready(() => void loop.callSoon(log, 'poll'));
    loop.callSoon(log, 'queued');
    await runOnce(loop);
    expect(trace).toEqual(['queued', 'poll', 'timer']);
  });
});

describe('callSoonThreadsafe', () => {
  it('CB-008 wakes a loop that waits, at once', async () => {
    const real = new EventLoop();
    real.callLater(3600, log, 'an hour later');
    const run = real.runForever();
    await new Promise((resolve) => void setTimeout(resolve, 1));
    real.callSoonThreadsafe(() => {
      log('woken');
      real.stop();
    });
    await run;
    expect(trace).toEqual(['woken']);
    real.close();
  });

  it('CB-009 throws on a closed loop', () => {
    loop.close();
    expect(() => loop.callSoonThreadsafe(nothing)).toThrow('Event loop is closed');
  });

  it('CB-010 shares one queue with callSoon', async () => {
    loop.callSoonThreadsafe(log, 'hello');
    loop.callSoon(log, 'world');
    loop.callSoonThreadsafe(log, 'again');
    await runOnce(loop);
    expect(trace).toEqual(['hello', 'world', 'again']);
  });

  it('CB-011 may be called from a signal handler and from inside a callback of the loop', async () => {
    const real = new EventLoop();
    const stop = (): void => void real.callSoonThreadsafe(() => real.stop());
    process.once('SIGUSR2', () => real.callSoonThreadsafe(stop));
    real.callSoon(() => void process.kill(process.pid, 'SIGUSR2'));
    await real.runForever();
    real.close();
    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });

  it('CB-012 is free of the checks of debug mode, wherever it is called', async () => {
    const other = new EventLoop({ host: new VirtualHost(), debug: true });
    other.slowCallbackDuration = Infinity;
    const run = other.runForever();
    loop.callSoon(() => {
      other.callSoonThreadsafe(log, 'from another loop');
      other.callSoonThreadsafe(() => other.stop());
    });
    await runOnce(loop);
    await run;
    other.setDebug(false);
    other.close();
    expect(trace).toEqual(['from another loop']);
  });
});
