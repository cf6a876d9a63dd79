import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { errorOf } from '../../test/error-of.ts';
import { runOnce } from '../../test/run-once.ts';
import { CancelledError, KeyboardInterrupt, RuntimeError, SystemExit } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import { allTasks } from '../task/current-task.ts';
import { Task } from '../task/task.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop, type ExceptionContext } from './event-loop.ts';

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
  if (reported.length > 0) throw new Error(`reported: ${String(reported[0]?.message)}`);
});

const log = (text: string) => (): void => void trace.push(text);

const stopped = new RuntimeError('Event loop stopped before Future completed.');
const running = new RuntimeError('This event loop is already running');

describe('the outcome', () => {
  it('LOOP-012 gives the result of the future', async () => {
    const future = loop.createFuture<number>();
    loop.callLater(1, () => future.setResult(4));
    expect(await loop.runUntilComplete(future)).toBe(4);
  });

  it('LOOP-012 throws the very exception of the future', async () => {
    const future = loop.createFuture();
    const failure = new Error('failed');
    loop.callSoon(() => future.setException(failure));
    expect(await errorOf(loop.runUntilComplete(future))).toBe(failure);
  });

  it('LOOP-012 throws CancelledError if the future was cancelled', async () => {
    const future = loop.createFuture();
    loop.callSoon(() => future.cancel('enough'));
    const error = await errorOf(loop.runUntilComplete(future));
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).args).toEqual(['enough']);
  });

  describe.each(styles)('of a coroutine ($style)', ({ body }) => {
    it('LOOP-012 LOOP-013 makes a task of a body, and gives its result', async () => {
      const main = body(function* (): Script<number> {
        trace.push(...[...allTasks()].map((task) => `${task instanceof Task}`));
        yield* turn();
        return 7;
      });
      expect(await loop.runUntilComplete(main)).toBe(7);
      expect(trace).toEqual(['true']);
    });

    it('LOOP-012 throws the very exception of the body', async () => {
      const failure = new Error('failed');
      const main = body(function* (): Script<void> {
        yield* turn();
        throw failure;
      });
      expect(await errorOf(loop.runUntilComplete(main))).toBe(failure);
    });

    it.each([
      ['SystemExit', new SystemExit(3)],
      ['KeyboardInterrupt', new KeyboardInterrupt()],
    ])('LOOP-021 throws %s of the body at once, and reports nothing', async (_, exit) => {
      const main = body(function* (): Script<void> {
        yield* turn();
        throw exit;
      });
      const error = errorOf(loop.runUntilComplete(main));
      loop.callSoon(() => loop.callSoon(log('behind it in the same iteration')));
      expect(await error).toBe(exit);
      expect(trace).toEqual([]);
      loop.close();
      expect(reported).toEqual([]);
    });
  });

  it('LOOP-013 takes a generator object', async () => {
    function* main(result: string) {
      yield;
      return result;
    }
    expect(await loop.runUntilComplete(main('done'))).toBe('done');
  });

  it('LOOP-014 wraps another awaitable', async () => {
    expect(await loop.runUntilComplete(Promise.resolve(5))).toBe(5);
    const failure = new Error('failed');
    expect(await errorOf(loop.runUntilComplete(Promise.reject(failure)))).toBe(failure);
    const thenable: PromiseLike<number> = Promise.resolve(6);
    expect(await loop.runUntilComplete(thenable)).toBe(6);
  });

  it.each([
    ['a text', 'blah', '"blah"'],
    ['a number', 5, '5'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['an array', [1], '[1]'],
    ['an async generator', (async function* () {})(), '[object AsyncGenerator]'],
  ])('LOOP-014 refuses %s without starting the loop', async (_, value, text) => {
    loop.callSoon(log('ran'));
    const refused = loop.runUntilComplete(value as never);
    expect(loop.isRunning()).toBe(false);
    expect(await errorOf(refused)).toEqual(
      new TypeError(`A Future, a coroutine or an awaitable is required, got ${text}`),
    );
    expect(trace).toEqual([]);
  });

  it('LOOP-014 a function that is no coroutine fails as one', async () => {
    const error = await errorOf(loop.runUntilComplete((() => 5) as never));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/^a coroutine was expected, got 5 from \[function/);
  });

  it('LOOP-015 refuses a future of another loop', async () => {
    const other = new EventLoop();
    const future = other.createFuture();
    const error = await errorOf(loop.runUntilComplete(future));
    expect(String(error)).toBe(
      'ValueError: The future belongs to a different loop than the one specified as the loop argument',
    );
    expect([loop.isRunning(), other.isRunning()]).toEqual([false, false]);
    other.close();
  });
});

describe('the iterations of a run', () => {
  it('LOOP-016 does one iteration for a future that is done already', async () => {
    const future = loop.createFuture<string>();
    future.setResult('done');
    loop.callSoon(() => {
      trace.push('queued before');
      loop.callSoon(log('next iteration'));
    });
    expect(await loop.runUntilComplete(future)).toBe('done');
    expect(trace).toEqual(['queued before']);
  });

  describe.each(styles)('of a coroutine ($style)', ({ body }) => {
    it('LOOP-017 runs what the last step queued, and leaves what came later', async () => {
      const main = body(function* (): Script<void> {
        yield* turn();
        loop.callSoon(() => {
          trace.push('queued by the last step');
          loop.callSoon(log('queued later'));
        });
      });
      await loop.runUntilComplete(main);
      expect(trace).toEqual(['queued by the last step']);
      await runOnce(loop);
      expect(trace).toEqual(['queued by the last step', 'queued later']);
    });

    it('LOOP-018 throws if stop() comes first; a later run goes on with the task', async () => {
      const task = loop.createTask(
        body(function* (): Script<string> {
          trace.push('begins');
          loop.stop();
          yield* turn();
          trace.push('goes on');
          return 'done';
        }),
      );
      expect(await errorOf(loop.runUntilComplete(task))).toEqual(stopped);
      expect([task.done(), task.cancelling()]).toEqual([false, 0]);
      expect(trace).toEqual(['begins']);
      expect(await loop.runUntilComplete(task)).toBe('done');
      expect(trace).toEqual(['begins', 'goes on']);
    });

    it('LOOP-019 stop() before the run lets a body that ends in its first step give its result', async () => {
      loop.stop();
      const main = body(function* (): Script<string> {
        return 'done';
      });
      expect(await loop.runUntilComplete(main)).toBe('done');
    });

    it('LOOP-020 after an exit, the end of the task does not cut a later run short', async () => {
      const waited = loop.createFuture<void>();
      const task = loop.createTask(
        body(function* (): Script<void> {
          yield* wait(waited);
          trace.push('task ends');
        }),
      );
      loop.callSoon(() => {
        throw new SystemExit(1);
      });
      expect(await errorOf(loop.runUntilComplete(task))).toBeInstanceOf(SystemExit);
      loop.callLater(1, () => waited.setResult());
      loop.callLater(2, () => {
        trace.push('run ends');
        loop.stop();
      });
      await loop.runForever();
      expect(trace).toEqual(['task ends', 'run ends']);
    });

    it('LOOP-020 after an exit of the body itself, a later run is not cut short', async () => {
      const main = body(function* (): Script<void> {
        yield* turn();
        throw new SystemExit(1);
      });
      expect(await errorOf(loop.runUntilComplete(main))).toBeInstanceOf(SystemExit);
      loop.callLater(1, () => {
        trace.push('run ends');
        loop.stop();
      });
      await loop.runForever();
      expect(trace).toEqual(['run ends']);
    });
  });

  it('LOOP-018 a future that stays pending is not cancelled by stop()', async () => {
    const future = loop.createFuture();
    loop.callSoon(() => loop.stop());
    expect(await errorOf(loop.runUntilComplete(future))).toEqual(stopped);
    expect(future.done()).toBe(false);
    expect(future.toString()).toBe('<Future pending>');
  });

  it('leaves no callback on the future', async () => {
    const future = loop.createFuture();
    loop.stop();
    await errorOf(loop.runUntilComplete(future));
    future.setResult(1);
    loop.callSoon(log('first'));
    loop.callLater(1, () => {
      trace.push('second');
      loop.stop();
    });
    await loop.runForever();
    expect(trace).toEqual(['first', 'second']);
  });
});

describe('a run inside a run', () => {
  it.each([
    ['LOOP-022 runUntilComplete()', () => loop.runUntilComplete(inner)],
    ['LOOP-031 runForever()', () => loop.runForever()],
  ])('%s on the running loop is refused, and leaves the run intact', async (_, nest) => {
    let refused: Promise<unknown> | undefined;
    const nested = (): void => {
      refused = errorOf(nest());
      loop.callSoon(() => {
        trace.push('goes on', `running: ${loop.isRunning()}`);
        loop.callLater(1, () => loop.stop());
      });
    };
    loop.callSoon(nested);
    await loop.runForever();
    expect(await refused).toEqual(running);
    expect(trace).toEqual(['goes on', 'running: true']);
    expect(allTasks(loop).size).toBe(0);
  });

  it('LOOP-022 LOOP-031 is refused from outside of the loop too', async () => {
    const run = loop.runForever();
    expect(await errorOf(loop.runUntilComplete(inner))).toEqual(running);
    expect(await errorOf(loop.runForever())).toEqual(running);
    expect(loop.isRunning()).toBe(true);
    loop.callSoon(() => loop.stop());
    await run;
    expect(trace).toEqual([]);
  });

  it('LOOP-032 another loop cannot run in a callback or task, and nothing of it starts', async () => {
    const other = new EventLoop({ host: new VirtualHost() });
    const refusal = new RuntimeError('Cannot run the event loop while another loop is running');
    const errors = await loop.runUntilComplete(async () => [
      await errorOf(other.runForever()),
      await errorOf(other.runUntilComplete(inner)),
    ]);
    expect(errors).toEqual([refusal, refusal]);
    expect(await loop.runUntilComplete(async () => loop.isRunning())).toBe(true);
    expect([other.isRunning(), allTasks(other).size]).toEqual([false, 0]);
    expect(trace).toEqual([]);
    other.close();
  });

  it('LOOP-032 loops that are started outside of each other run side by side', async () => {
    const other = new EventLoop({ host: new VirtualHost() });
    const [first, second] = await Promise.all([
      loop.runUntilComplete(function* () {
        yield;
        return 'first';
      }),
      other.runUntilComplete(async () => 'second'),
    ]);
    expect([first, second]).toEqual(['first', 'second']);
    other.close();
  });

  it('a subclass of Future may be run', async () => {
    class OwnFuture<T> extends Future<T> {}
    const future = new OwnFuture<number>({ loop });
    loop.callSoon(() => future.setResult(1));
    expect(await loop.runUntilComplete(future)).toBe(1);
  });

  const inner = async (): Promise<void> => void trace.push('inner ran');
});
