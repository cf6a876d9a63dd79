import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { runOnce } from '../../test/run-once.ts';
import { RuntimeError } from '../error/errors.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';

let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const log = (text: string) => (): void => void trace.push(text);
const nothing = (): void => {};
const closed = new RuntimeError('Event loop is closed');

describe('close', () => {
  it('LOOP-033 is refused while the loop runs, which goes on and stays open', async () => {
    loop.callSoon(() => {
      expect(() => loop.close()).toThrow(new RuntimeError('Cannot close a running event loop'));
      loop.callLater(1, () => {
        trace.push(`running ${loop.isRunning()}, closed ${loop.isClosed()}`);
        loop.stop();
      });
    });
    const run = loop.runForever();
    expect(() => loop.close()).toThrow(new RuntimeError('Cannot close a running event loop'));
    await run;
    expect(trace).toEqual(['running true, closed false']);
  });

  it('LOOP-034 drops callbacks and timers: none of them ever runs', async () => {
    const real = new EventLoop();
    real.callSoon(log('callback'));
    real.callLater(0, log('timer'));
    real.callSoon(() => real.stop());
    real.callSoon(() => real.callSoon(log('scheduled in the last batch')));
    await real.runForever();
    real.callLater(0.001, log('later'));
    real.close();
    expect(trace).toEqual(['callback', 'timer']);
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(trace).toEqual(['callback', 'timer']);
  });

  it('LOOP-034 lets a timer that was dropped still be cancelled', () => {
    const timer = loop.callLater(1, nothing);
    loop.close();
    timer.cancel();
    expect(timer.cancelled()).toBe(true);
  });

  it('LOOP-035 is final, and does nothing when it is called again', () => {
    expect(loop.isClosed()).toBe(false);
    expect(loop.close()).toBeUndefined();
    expect(loop.isClosed()).toBe(true);
    expect(loop.close()).toBeUndefined();
    expect(loop.isClosed()).toBe(true);
  });

  it('LOOP-035 happens at the end of a `using` block', () => {
    let seen: EventLoop;
    {
      using scoped = new EventLoop();
      seen = scoped;
      expect(seen.isClosed()).toBe(false);
    }
    expect(seen.isClosed()).toBe(true);
  });

  it.each<[string, (loop: EventLoop) => unknown]>([
    ['callSoon', (loop) => loop.callSoon(nothing)],
    ['callSoonThreadsafe', (loop) => loop.callSoonThreadsafe(nothing)],
    ['callLater', (loop) => loop.callLater(1, nothing)],
    ['callAt', (loop) => loop.callAt(1, nothing)],
    ['createTask', (loop) => loop.createTask(async () => {})],
  ])('LOOP-036 makes %s() throw', (_, call) => {
    loop.close();
    expect(() => call(loop)).toThrow(closed);
    loop.setDebug(true);
    expect(() => call(loop)).toThrow(closed);
  });

  it('LOOP-036 makes a run reject, and starts nothing', async () => {
    loop.close();
    expect(await errorOf(loop.runForever())).toEqual(closed);
    expect(await errorOf(loop.runUntilComplete(async () => log('ran')()))).toEqual(closed);
    expect(trace).toEqual([]);
  });

  it('LOOP-037 lets the loop still tell of itself, stop, and make futures', () => {
    loop.close();
    expect([loop.isRunning(), loop.isClosed(), loop.getDebug(), loop.stop()]).toEqual([
      false,
      true,
      false,
      undefined,
    ]);
    expect(loop.time()).toBeTypeOf('number');
    expect(loop.createFuture().done()).toBe(false);
  });

  it('LOOP-037 makes finishing a future with a callback throw, once its state has changed', () => {
    const future = loop.createFuture<number>();
    const bare = loop.createFuture<number>();
    future.addDoneCallback(nothing);
    loop.close();
    bare.setResult(1);
    expect(() => future.setResult(2)).toThrow(closed);
    expect([bare.result(), future.result()]).toEqual([1, 2]);
  });

  it('reports the tasks that it ends, and errors that nobody has looked at', async () => {
    const reported: Array<readonly unknown[]> = [];
    loop.setExceptionHandler((_, { message, exception, future, task }) => {
      reported.push([message, exception, future ?? task]);
    });
    const failure = new Error('failed');
    const failed = loop.createFuture();
    failed.setException(failure);
    const pending = loop.createTask(function* () {
      yield* loop.createFuture();
    });
    await runOnce(loop);
    loop.close();
    loop.close();
    expect(reported.map(([message, exception]) => [message, exception])).toEqual([
      ['Future exception was never retrieved', failure],
      ['Task was destroyed but it is pending!', undefined],
    ]);
    expect(reported[0]?.[2]).toBe(failed);
    expect(reported[1]?.[2]).toBe(pending);
  });
});

describe('toString', () => {
  it('LOOP-040 tells the class and the three states', async () => {
    class OwnLoop extends EventLoop {}
    const own = new OwnLoop({ debug: true });
    expect(own.toString()).toBe('<OwnLoop running=false closed=false debug=true>');
    own.callSoon(() => {
      trace.push(own.toString());
      own.stop();
    });
    own.slowCallbackDuration = Infinity;
    await own.runForever();
    own.setDebug(false);
    own.close();
    trace.push(own.toString());
    expect(trace).toEqual([
      '<OwnLoop running=true closed=false debug=true>',
      '<OwnLoop running=false closed=true debug=false>',
    ]);
  });
});
