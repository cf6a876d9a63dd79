import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import {
  CancelledError,
  InvalidStateError,
  KeyboardInterrupt,
  RuntimeError,
  SystemExit,
} from '../error/errors.ts';
import { Future, type DoneCallback } from '../future/future.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { currentTask } from './current-task.ts';
import { operation } from './operation.ts';
import type { Task } from './task.ts';

let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

describe.each(styles)('the steps of a task ($style)', ({ body }) => {
  it('TASK-020 take one iteration to start, and one more until it is known that they ended', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const task = loop.createTask(
          body(function* () {
            trace.push(`${now()}: step`);
            return 'result';
          }),
        );
        task.addDoneCallback(() => trace.push(`${now()}: done callback`));
        trace.push(`${now()}: created`);
        const result = yield* wait(task);
        trace.push(`${now()}: ${result}`);
      }),
    );
    expect(trace).toEqual(['0: created', '1: step', '2: done callback', '2: result']);
  });

  it('TASK-021 go on where nothing has to be waited for', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const future = loop.createFuture<string>();
        future.setResult('future');
        const task = loop.createTask(
          body(function* () {
            return 'task';
          }),
        );
        yield* turn();
        yield* turn();
        const begin = now();
        function* nested(depth: number): ReturnType<typeof wait<string>> {
          return depth === 0 ? yield* wait(future) : yield* nested(depth - 1);
        }
        loop.callSoon(() => trace.push('callback'));
        trace.push(yield* wait(future));
        trace.push(yield* wait(task));
        trace.push(yield* nested(10));
        trace.push(`${now() - begin} iterations`);
        yield* turn();
      }),
    );
    expect(trace).toEqual(['future', 'task', 'future', '0 iterations', 'callback']);
  });

  it('TASK-022 give way for one iteration by a bare yield, behind what is queued', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        loop.callSoon(() => trace.push(`${now()}: before`));
        const turned = turn();
        yield* turned;
        trace.push(`${now()}: again`);
      }),
    );
    expect(trace).toEqual(['1: before', '1: again']);
  });

  it('TASK-022 interleave fairly with those of other tasks', async () => {
    const worker = (name: string): Task<void> =>
      loop.createTask(
        body(function* () {
          for (let i = 0; i < 3; i += 1) {
            trace.push(`${name}${i}`);
            yield* turn();
          }
        }),
      );
    await loop.runUntilComplete(
      body(function* () {
        for (const task of [worker('a'), worker('b')]) yield* wait(task);
      }),
    );
    expect(trace).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });

  it.each([undefined, null, 0, '', 'text', { a: 1 }])(
    'TASK-023 make %j the result',
    async (value) => {
      const result = await loop.runUntilComplete(
        body(function* () {
          return value;
        }),
      );
      expect(result).toBe(value);
    },
  );

  it('TASK-024 end with an error that every awaiter gets, and nobody else hears of', async () => {
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    const error = new RangeError('of the task');
    const caught: unknown[] = [];
    await loop.runUntilComplete(
      body(function* () {
        const task = loop.createTask(
          body(function* () {
            throw error;
          }),
        );
        for (let i = 0; i < 3; i += 1) {
          try {
            yield* wait(task);
          } catch (thrown) {
            caught.push(thrown);
          }
        }
        expect(task.exception()).toBe(error);
        loop.callSoon(() => trace.push('the loop goes on'));
        yield* turn();
      }),
    );
    expect(caught.map((thrown) => thrown === error)).toEqual([true, true, true]);
    expect([trace, reports]).toEqual([['the loop goes on'], []]);
  });

  it.each(['text', 42, null, undefined, { reason: 1 }])(
    'TASK-024 end with %j, which is no Error',
    async (thrown) => {
      const task = loop.createTask(
        body(function* () {
          throw thrown;
        }),
      );
      const seen = await loop.runUntilComplete(
        body(function* () {
          try {
            yield* wait(task);
            return 'nothing was thrown';
          } catch (error) {
            return [error];
          }
        }),
      );
      expect(seen).toEqual([thrown]);
      expect([task.done(), task.cancelled(), task.exception()]).toEqual([true, false, thrown]);
    },
  );

  it.each([new SystemExit(3), new KeyboardInterrupt()])(
    'TASK-025 end with %s, which leaves the loop at once',
    async (exit) => {
      const task = loop.createTask(
        body(function* () {
          yield* turn();
          throw exit;
        }),
      );
      const main = loop.createTask(
        body(function* () {
          for (;;) yield* turn();
        }),
      );
      await expect(loop.runUntilComplete(main)).rejects.toBe(exit);
      expect(task.exception()).toBe(exit);
      expect(main.done()).toBe(false);
      main.cancel();
      await expect(loop.runUntilComplete(main)).rejects.toThrow(CancelledError);
    },
  );

  it('TASK-026 end cancelled by a CancelledError, though nobody has asked for it', async () => {
    const task = loop.createTask(
      body(function* () {
        throw new CancelledError('own');
      }),
    );
    await expect(loop.runUntilComplete(task)).rejects.toMatchObject({ args: ['own'] });
    expect([task.cancelled(), task.cancelling()]).toEqual([true, 0]);
  });

  it('TASK-027 get a RuntimeError where a task awaits itself, in the next iteration', async () => {
    const task: Task<string> = loop.createTask(
      body(function* () {
        const now = countIterations(loop);
        try {
          yield* wait(currentTask() as Task);
        } catch (error) {
          trace.push(`${now()}: ${String(error)}`);
        }
        return 'went on';
      }),
      { name: 'narcissus' },
    );
    expect(await loop.runUntilComplete(task)).toBe('went on');
    expect(trace).toHaveLength(1);
    expect(trace[0]).toMatch(
      /^1: RuntimeError: Task cannot await on itself: <Task pending name='narcissus' /,
    );
  });

  it('TASK-028 get a RuntimeError where they await a future of another loop', async () => {
    const other = new EventLoop();
    const task = loop.createTask(
      body(function* () {
        yield* wait(other.createFuture());
      }),
      { name: 'stray' },
    );
    const error = await loop.runUntilComplete(task).catch((thrown: unknown) => thrown);
    other.close();
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toMatch(
      /Task <Task pending name='stray' .*> got Future <Future pending> attached to a different loop$/,
    );
  });

  it('TASK-028 may await a future of another loop that is done', async () => {
    const other = new EventLoop();
    const future = other.createFuture<number>();
    future.setResult(1);
    const result = await loop.runUntilComplete(
      body(function* () {
        return yield* wait(future);
      }),
    );
    other.close();
    expect(result).toBe(1);
  });

  it('TASK-033 call addDoneCallback of a subclass of Future that has its own, once per await', async () => {
    class Observed<T> extends Future<T> {
      override addDoneCallback(callback: DoneCallback<T>): void {
        trace.push('addDoneCallback');
        super.addDoneCallback(callback);
      }
    }
    const result = await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const future = new Observed<string>({ loop });
        loop.callSoon(() => future.setResult('result'));
        const got = yield* wait(future);
        trace.push(`${now()}: resumed`);
        yield* wait(future);
        return got;
      }),
    );
    expect(result).toBe('result');
    expect(trace).toEqual(['addDoneCallback', '2: resumed']);
  });
});

describe('the steps of a generator', () => {
  it('TASK-032 are refused once the outcome was forced, which is reported', async () => {
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    const future = loop.createFuture();
    const task = loop.createTask(function* () {
      trace.push('waits');
      yield* future;
      trace.push('not reached');
    });
    await loop.runUntilComplete(function* () {
      yield;
      Future.prototype.setResult.call(task, 'forced');
      future.setResult(1);
      yield;
      yield;
    });
    expect(task.result()).toBe('forced');
    expect(trace).toEqual(['waits']);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.exception).toBeInstanceOf(InvalidStateError);
    expect(String(reports[0]?.exception)).toMatch(/step\(\): already done: <Task finished/);
  });

  it('TASK-023 hand over a future that is returned, unawaited', async () => {
    const inner = loop.createFuture<number>();
    const task = loop.createTask(function* () {
      return inner;
    });
    await loop.runUntilComplete(function* () {
      expect((yield* task) === inner).toBe(true);
      expect(inner.done()).toBe(false);
    });
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a number', () => 42, /^Task got bad yield: 42$/],
    ['null', () => null, /^Task got bad yield: null$/],
    ['a promise', () => Promise.resolve(), /^Task got bad yield: \[object Promise\]$/],
    [
      'a future',
      () => loop.createFuture(),
      /^yield was used instead of yield\* in task <Task pending .*> with <Future pending>$/,
    ],
    [
      'a generator',
      () => (function* () {})(),
      /^yield was used instead of yield\* for generator in task <Task pending .*> with \[object/,
    ],
  ])('TASK-029 get a RuntimeError where they yield %s', async (_what, make, message) => {
    const [error, iteration] = await loop.runUntilComplete(function* () {
      const now = countIterations(loop);
      try {
        yield make();
      } catch (thrown) {
        yield;
        return [thrown as Error, now()] as const;
      }
      throw new Error('nothing was thrown');
    });
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toMatch(message);
    expect(iteration).toBe(2);
  });

  it.each([42, null, undefined, {}, Symbol('s')])(
    'TASK-030 throw a TypeError where %s is awaited',
    async (value) => {
      const task = loop.createTask(function* () {
        yield* value as Future;
      });
      await expect(loop.runUntilComplete(task)).rejects.toThrow(TypeError);
    },
  );
});

describe('the steps of an async function', () => {
  const oneTurn = (): Future<void> =>
    operation(function* () {
      yield;
    });

  it('TASK-032 change nothing once the outcome was forced', async () => {
    const future = loop.createFuture<string>();
    const task = loop.createTask(async () => await future);
    await loop.runUntilComplete(async () => {
      await oneTurn();
      Future.prototype.setResult.call(task, 'forced');
      future.setResult('own');
      await oneTurn();
      await oneTurn();
    });
    expect(task.result()).toBe('forced');
  });

  it('TASK-023 flatten a future that is returned, as the language does', async () => {
    const inner = loop.createFuture<number>();
    const task = loop.createTask(async () => inner);
    loop.callSoon(() => inner.setResult(1));
    expect(await loop.runUntilComplete(task)).toBe(1);
  });

  it('TASK-030 go on where a plain value is awaited, as the language has it, in the same step', async () => {
    const result = await loop.runUntilComplete(async () => {
      const now = countIterations(loop);
      const value = await (5 as unknown as Promise<number>);
      return [value, now()];
    });
    expect(result).toEqual([5, 0]);
  });
});
