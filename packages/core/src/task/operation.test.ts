import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, thrownBy, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import { RuntimeError, SystemExit, type CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { currentTask } from './current-task.ts';
import { completed, operation } from './operation.ts';
import type { Coroutine } from './task-body.ts';
import type { Task } from './task.ts';

let loop: EventLoop;
let trace: unknown[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const me = (): Task => currentTask() as Task;
const argsOf = (error: unknown): readonly unknown[] => (error as CancelledError).args;

function* waitFor<T>(future: Future<T>): Coroutine<T> {
  return yield* future;
}

/** A library method that waits for `future`, through as many others as `depth` says. */
function nested<T>(future: Future<T>, depth: number): Future<T> {
  return depth === 0
    ? operation(() => waitFor(future))
    : operation(() => waitFor(nested(future, depth - 1)));
}

describe.each(styles)('an operation ($style)', ({ body }) => {
  const runs = (script: () => Script<void>): Promise<void> => loop.runUntilComplete(body(script));
  const start = <T>(script: () => Script<T>): Task<T> => createTask(body(script));

  it.each([0, 1, 5])('takes the iterations of an inlined coroutine, %i deep', (depth) =>
    runs(function* () {
      const now = countIterations(loop);
      const future = loop.createFuture<string>();
      loop.callSoon(() => {
        future.setResult('result');
        loop.callSoon(() => trace.push(`${now()}: behind`));
      });
      const result = yield* wait(nested(future, depth));
      trace.push(`${now()}: ${result}`);
      yield* turn();
      expect(trace).toEqual(['2: result', '2: behind']);
    }),
  );

  it('runs at once, up to its first wait, in the name and the context of the task', () =>
    runs(function* () {
      const variable = new ContextVar('variable', { default: 'unset' });
      const task = me();
      const future = loop.createFuture<number>();
      const started = operation(function* () {
        trace.push(currentTask() === task, getRunningLoop() === loop);
        variable.set('first');
        yield* future;
        trace.push(currentTask() === task, variable.get());
        variable.set('second');
      });
      trace.push('started', variable.get());
      future.setResult(1);
      yield* wait(started);
      trace.push(variable.get());
      expect(trace).toEqual([true, true, 'started', 'first', true, 'first', 'second']);
    }));

  it('that never waits is finished on return', () =>
    runs(function* () {
      const now = countIterations(loop);
      const started = operation(function* () {
        return 'at once';
      });
      expect(started.done()).toBe(true);
      expect([yield* wait(started), yield* wait(completed('known')), now()]).toEqual([
        'at once',
        'known',
        0,
      ]);
    }));

  it('never throws to its caller: what its body or the making of it throws rejects', () =>
    runs(function* () {
      function* withDefault(value = fail()): Coroutine<number> {
        return value;
      }
      const fail = (): never => {
        throw new RangeError('in a default');
      };
      const failing = operation(function* () {
        throw new RangeError('in the body');
      });
      expect(String(yield* thrownBy(failing))).toBe('RangeError: in the body');
      expect(String(yield* thrownBy(operation(() => withDefault())))).toBe(
        'RangeError: in a default',
      );
    }));

  it('resumes its awaiters in the order in which they came, all in the iteration in which it ends', () =>
    runs(function* () {
      const now = countIterations(loop);
      const future = loop.createFuture<string>();
      const shared = nested(future, 2);
      const tasks = ['a', 'b', 'c'].map((name) =>
        start(function* () {
          const result = yield* wait(shared);
          trace.push(`${now()}: ${name} ${result}`);
        }),
      );
      shared.addDoneCallback(() => trace.push(`${now()}: callback`));
      yield* turn();
      future.setResult('it');
      for (const task of tasks) yield* wait(task);
      expect(trace).toEqual(['2: a it', '2: b it', '2: c it', '3: callback']);
    }));

  it('goes on if nobody awaits it, and is reported if it fails then', async () => {
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    await runs(function* () {
      void operation(function* () {
        yield;
        trace.push('went on');
        throw new Error('nobody looks');
      });
      yield* turn();
      yield* turn();
    });
    loop.close();
    expect(trace).toEqual(['went on']);
    expect(reports).toMatchObject([
      { message: 'Future exception was never retrieved', exception: new Error('nobody looks') },
    ]);
  });

  it('may end after its task', () =>
    runs(function* () {
      const future = loop.createFuture<string>();
      let left: Future<string> | undefined;
      const task = start(function* () {
        left = operation(() => waitFor(future));
      });
      yield* wait(task);
      future.setResult('late');
      expect(yield* wait(left as Future<string>)).toBe('late');
    }));

  it('may be awaited by another task than its caller', () =>
    runs(function* () {
      const future = loop.createFuture<string>();
      const started = operation(() => waitFor(future));
      const other: Task = start(function* () {
        const result = yield* wait(started);
        return [result, currentTask() === other];
      });
      yield* turn();
      future.setResult('result');
      expect(yield* wait(other)).toEqual(['result', true]);
    }));

  it('refuses an outcome from outside', () =>
    runs(function* () {
      const started = operation(() => waitFor(loop.createFuture()));
      expect(() => started.setResult(1)).toThrow(RuntimeError);
      expect(() => started.setException(new Error('other'))).toThrow(RuntimeError);
      started.cancel();
      yield* thrownBy(started);
    }));

  it('gives SystemExit to who awaits it', () =>
    runs(function* () {
      const exit = new SystemExit(3);
      const failing = operation(function* () {
        yield;
        throw exit;
      });
      expect(yield* thrownBy(failing)).toBe(exit);
      yield* turn();
    }));

  describe('that is cancelled', () => {
    it.each([0, 1, 5])('with its task gets the error at its own wait, %i deep', (depth) =>
      runs(function* () {
        const now = countIterations(loop);
        const future = loop.createFuture();
        const task = start(function* () {
          const error = yield* thrownBy(nested(future, depth));
          trace.push(`${now()}`, argsOf(error));
        });
        yield* turn();
        task.cancel('why');
        expect(future.cancelled()).toBe(true);
        yield* wait(task);
        expect(trace).toEqual(['2', ['why']]);
      }),
    );

    it('when it was woken already does not get the result', () =>
      runs(function* () {
        const future = loop.createFuture();
        const task = start(function* () {
          yield* wait(nested(future, 3));
        });
        yield* turn();
        future.setResult('too late');
        task.cancel('why');
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
      }));

    it('may take no notice, and its task goes on', () =>
      runs(function* () {
        const future = loop.createFuture();
        const task = start(function* () {
          return yield* wait(
            operation(function* () {
              try {
                yield* future;
              } catch {}
              yield;
              return 'nevertheless';
            }),
          );
        });
        yield* turn();
        task.cancel();
        expect(yield* wait(task)).toBe('nevertheless');
        expect([task.cancelling(), task.cancelled()]).toEqual([1, false]);
      }));

    it('by itself leaves its task alone', () =>
      runs(function* () {
        const started = nested(loop.createFuture(), 2);
        expect(started.cancel('why')).toBe(true);
        expect(argsOf(yield* thrownBy(started))).toEqual(['why']);
        expect([started.cancelled(), started.cancel(), me().cancelling()]).toEqual([
          true,
          false,
          0,
        ]);
      }));

    it('before it is awaited throws where it is awaited', () =>
      runs(function* () {
        const started = operation(() => waitFor(loop.createFuture()));
        me().cancel('why');
        expect(argsOf(yield* thrownBy(started))).toEqual(['why']);
      }));

    it('by one of two awaiters is cancelled for the other one too', () =>
      runs(function* () {
        const shared = nested(loop.createFuture(), 1);
        const tasks = [1, 2].map(() =>
          start(function* () {
            yield* wait(shared);
          }),
        );
        yield* turn();
        tasks[1]?.cancel('why');
        for (const task of tasks) expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
        expect(tasks.map((task) => task.cancelling())).toEqual([0, 1]);
      }));

    it('with the error that was thrown into it, which comes out of it', () =>
      runs(function* () {
        let original: unknown;
        const started = operation(function* () {
          try {
            yield* nested(loop.createFuture(), 2);
          } catch (error) {
            original = error;
            throw error;
          }
        });
        started.cancel('why');
        expect((yield* thrownBy(started)) === original).toBe(true);
      }));
  });

  describe('of a task that cancels itself in it', () => {
    it('throws where it next waits itself', () =>
      runs(function* () {
        const task = start(function* () {
          const started = operation(function* () {
            yield;
            me().cancel('why');
            trace.push('goes on');
            yield* loop.createFuture();
          });
          trace.push(argsOf(yield* thrownBy(started)));
          yield* turn();
          trace.push('once');
        });
        yield* wait(task);
        expect(trace).toEqual(['goes on', ['why'], 'once']);
      }));

    it('gives its result, and the task throws where it next waits', () =>
      runs(function* () {
        const task = start(function* () {
          const started = operation(function* () {
            yield;
            me().cancel('why');
            return 'result';
          });
          trace.push(yield* wait(started));
          trace.push(argsOf(yield* thrownBy(loop.createFuture())));
          yield* turn();
          trace.push('once');
        });
        yield* wait(task);
        expect(trace).toEqual(['result', ['why'], 'once']);
      }));

    it('gives its error, and the task throws where it next waits', () =>
      runs(function* () {
        const error = new Error('of the operation');
        const task = start(function* () {
          const started = operation(function* () {
            yield* nested(completed(1), 1);
            yield;
            me().cancel('why');
            throw error;
          });
          trace.push((yield* thrownBy(started)) === error);
          trace.push(argsOf(yield* thrownBy(loop.createFuture())));
        });
        yield* wait(task);
        expect(trace).toEqual([true, ['why']]);
      }));

    it('leaves it cancelled if it waits for nothing more', () =>
      runs(function* () {
        const task = start(function* () {
          return yield* wait(
            operation(function* () {
              yield;
              me().cancel('why');
              return 'discarded';
            }),
          );
        });
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
      }));
  });
});

describe('an operation outside of tasks', () => {
  it('is a RuntimeError without a running loop', () => {
    expect(() => operation(function* () {})).toThrow(RuntimeError);
    expect(() => completed(1)).toThrow(RuntimeError);
  });

  it('runs on a loop that is given, from its next run on', async () => {
    const started = operation(function* () {
      trace.push('begins');
      yield;
      return 'result';
    }, loop);
    expect(trace).toEqual(['begins']);
    expect(await loop.runUntilComplete(started)).toBe('result');
  });

  it('runs from a callback, with no current task', async () => {
    loop.callSoon(() => {
      void operation(function* () {
        trace.push(currentTask());
        yield;
        trace.push(currentTask());
        loop.stop();
      });
    });
    await loop.runForever();
    expect(trace).toEqual([null, null]);
  });

  it('refuses what is no function and what is no loop', async () => {
    await expect(loop.runUntilComplete(operation(42 as never, loop))).rejects.toThrow(
      'Expected body to be a function, got 42',
    );
    expect(() => operation(function* () {}, 42 as never)).toThrow(
      'Expected loop to be an event loop, got 42',
    );
  });
});
