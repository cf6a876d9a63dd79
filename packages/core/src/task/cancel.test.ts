import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, thrownBy, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError, RuntimeError, SystemExit } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { currentTask } from './current-task.ts';
import { operation } from './operation.ts';
import { Task } from './task.ts';

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

describe.each(styles)('cancel() of a task ($style)', ({ body }) => {
  /** Runs `script` in a task, to its end. */
  const runs = (script: () => Script<void>): Promise<void> => loop.runUntilComplete(body(script));
  const start = <T>(script: () => Script<T>): Task<T> => loop.createTask(body(script));

  describe('that has not started', () => {
    it('TASK-036 keeps every line of it from running, and takes one iteration', () =>
      runs(function* () {
        const now = countIterations(loop);
        const task = start(function* () {
          trace.push('not reached');
        });
        expect(task.cancel('why')).toBe(true);
        expect([task.done(), task.cancelled(), task.cancelling()]).toEqual([false, false, 1]);
        yield* turn();
        expect([now(), task.cancelled(), trace]).toEqual([1, true, []]);
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
      }));

    it('TASK-042 delivers one error for two requests, with the message of the last', () =>
      runs(function* () {
        const task = start(function* () {});
        task.cancel('first');
        task.cancel('second');
        expect(task.cancelling()).toBe(2);
        expect(argsOf(yield* thrownBy(task))).toEqual(['second']);
      }));
  });

  describe('that waits for a future', () => {
    it('TASK-034 TASK-035 cancels the future at once, then the task, then runs its callbacks', () =>
      runs(function* () {
        const now = countIterations(loop);
        const future = loop.createFuture();
        const task = start(function* () {
          try {
            yield* wait(future);
          } catch (error) {
            trace.push(`${now()}: thrown`, argsOf(error));
            throw error;
          }
        });
        task.addDoneCallback(() => trace.push(`${now()}: callback`));
        yield* turn();
        expect(task.cancel('why')).toBe(true);
        expect([future.cancelled(), task.cancelled(), task.cancelling()]).toEqual([true, false, 1]);
        trace.push(`${now()}: requested`);
        yield* turn();
        expect(task.cancelled()).toBe(true);
        yield* turn();
        expect(trace).toEqual(['1: requested', '2: thrown', ['why'], '3: callback']);
      }));

    it('TASK-042 delivers one error for two requests, with the message of the first', () =>
      runs(function* () {
        const task = start(function* () {
          trace.push(argsOf(yield* thrownBy(loop.createFuture())));
          yield* turn();
          trace.push('was not cancelled again');
        });
        yield* turn();
        task.cancel('first');
        task.cancel('second');
        expect(task.cancelling()).toBe(2);
        yield* wait(task);
        expect(trace).toEqual([['first'], 'was not cancelled again']);
        expect(task.cancelling()).toBe(2);
      }));

    it('TASK-037 comes in place of a result that has arrived already', () =>
      runs(function* () {
        const future = loop.createFuture<string>();
        const task = start(function* () {
          trace.push(argsOf(yield* thrownBy(future)));
          trace.push(yield* wait(future));
        });
        yield* turn();
        future.setResult('arrived');
        task.cancel('why');
        yield* wait(task);
        expect(trace).toEqual([['why'], 'arrived']);
      }));

    it('TASK-037 comes in place of an error that has arrived already, which counts as seen', async () => {
      const reports: unknown[] = [];
      loop.setExceptionHandler((_loop, context) => reports.push(context));
      await runs(function* () {
        const future = loop.createFuture();
        const task = start(function* () {
          yield* wait(future);
        });
        yield* turn();
        future.setException(new Error('arrived'));
        task.cancel();
        expect(yield* thrownBy(task)).toBeInstanceOf(CancelledError);
      });
      loop.close();
      expect(reports).toEqual([]);
    });

    it('TASK-044 is the same for the task if somebody else cancels the future, but counts no request', () =>
      runs(function* () {
        const future = loop.createFuture();
        const task = start(function* () {
          yield* wait(future);
        });
        yield* turn();
        future.cancel('theirs');
        expect(argsOf(yield* thrownBy(task))).toEqual(['theirs']);
        expect([task.cancelled(), task.cancelling()]).toEqual([true, 0]);
      }));

    it('TASK-044 delivers one error if both are cancelled', () =>
      runs(function* () {
        const future = loop.createFuture();
        const task = start(function* () {
          trace.push(argsOf(yield* thrownBy(future)));
          yield* turn();
          return 'went on';
        });
        yield* turn();
        future.cancel('theirs');
        task.cancel('ours');
        expect(yield* wait(task)).toBe('went on');
        expect([trace, task.cancelling()]).toEqual([[['theirs']], 1]);
      }));
  });

  it('TASK-038 throws at a bare yield in the next step', () =>
    runs(function* () {
      const now = countIterations(loop);
      const task = start(function* () {
        try {
          yield* turn();
        } catch (error) {
          trace.push(`${now()}`, argsOf(error));
          throw error;
        }
      });
      yield* turn();
      task.cancel('why');
      yield* thrownBy(task);
      expect([trace, task.cancelled()]).toEqual([['2', ['why']], true]);
    }));

  describe('that runs', () => {
    it('TASK-039 is delivered where it next has to wait, not where everything is there', () =>
      runs(function* () {
        const finished = loop.createFuture<string>();
        finished.setResult('finished');
        const pending = loop.createFuture();
        const task = start(function* () {
          me().cancel('why');
          trace.push('goes on', yield* wait(finished));
          const caught = yield* thrownBy(pending);
          trace.push(argsOf(caught), pending.cancelled());
          yield* turn();
          trace.push('once');
        });
        yield* wait(task);
        expect(trace).toEqual(['goes on', 'finished', ['why'], true, 'once']);
      }));

    it('TASK-039 cancels the task that it awaits next', () =>
      runs(function* () {
        const inner = start(function* () {
          yield* wait(loop.createFuture());
        });
        const task = start(function* () {
          yield* turn();
          me().cancel('why');
          yield* wait(inner);
        });
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
        expect([inner.cancelled(), inner.cancelling()]).toEqual([true, 1]);
      }));

    it('TASK-040 discards the value if it returns without waiting', () =>
      runs(function* () {
        const task = start(function* () {
          me().cancel('why');
          return 'discarded';
        });
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
        expect(task.cancelled()).toBe(true);
      }));

    it('TASK-040 gives way to another error', () =>
      runs(function* () {
        const error = new Error('stronger');
        const task = start(function* () {
          me().cancel();
          throw error;
        });
        expect(yield* thrownBy(task)).toBe(error);
        expect([task.cancelled(), task.cancelling()]).toEqual([false, 1]);
      }));
  });

  describe('may be caught', () => {
    const cancelled = (script: () => Script<unknown>): Task => {
      const task = start(script);
      loop.callSoon(() => task.cancel('why'));
      return task;
    };

    it('TASK-041 and the task return a result', () =>
      runs(function* () {
        const task = cancelled(function* () {
          yield* thrownBy(loop.createFuture());
          return 'result';
        });
        expect(yield* wait(task)).toBe('result');
        expect([task.cancelled(), task.cancelling()]).toEqual([false, 1]);
      }));

    it('TASK-041 and the task end with another error', () =>
      runs(function* () {
        const error = new Error('instead');
        const task = cancelled(function* () {
          yield* thrownBy(loop.createFuture());
          throw error;
        });
        expect(yield* thrownBy(task)).toBe(error);
        expect(task.cancelled()).toBe(false);
      }));

    it('TASK-041 and the task await what it has to clean up', () =>
      runs(function* () {
        const task = cancelled(function* () {
          const error = yield* thrownBy(loop.createFuture());
          for (let i = 0; i < 3; i += 1) {
            yield* turn();
            trace.push(`cleaning ${i}`);
          }
          throw error;
        });
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
        expect(trace).toEqual(['cleaning 0', 'cleaning 1', 'cleaning 2']);
      }));

    it('TASK-042 and comes again if it is requested during the cleanup', () =>
      runs(function* () {
        const task = cancelled(function* () {
          yield* thrownBy(loop.createFuture());
          trace.push('cleaning');
          trace.push(argsOf(yield* thrownBy(loop.createFuture())));
          return me().cancelling();
        });
        while (trace.length === 0) yield* turn();
        task.cancel('again');
        expect(yield* wait(task)).toBe(2);
        expect(trace).toEqual(['cleaning', ['again']]);
      }));

    it('TASK-049 and the task leave the loop by SystemExit', async () => {
      const exit = new SystemExit(3);
      const task = start(function* () {
        yield* thrownBy(loop.createFuture());
        throw exit;
      });
      loop.callSoon(() => void task.cancel());
      await expect(loop.runForever()).rejects.toBe(exit);
      expect([task.cancelled(), task.exception()]).toEqual([false, exit]);
    });
  });

  describe('that awaits another task', () => {
    it('TASK-043 cancels that one with the same message, and waits for its cleanup', () =>
      runs(function* () {
        const inner = start(function* () {
          const error = yield* thrownBy(loop.createFuture());
          trace.push('inner', argsOf(error));
          yield* turn();
          yield* turn();
          trace.push('cleaned');
          throw error;
        });
        const outer = start(function* () {
          const error = yield* thrownBy(inner);
          trace.push('outer', argsOf(error));
          throw error;
        });
        yield* turn();
        yield* turn();
        outer.cancel('why');
        expect([inner.cancelling(), outer.cancelling()]).toEqual([1, 1]);
        yield* thrownBy(outer);
        expect(trace).toEqual(['inner', ['why'], 'cleaned', 'outer', ['why']]);
        expect([inner.cancelled(), outer.cancelled()]).toEqual([true, true]);
      }));

    it('TASK-043 goes on with the value of a task that takes no notice', () =>
      runs(function* () {
        const inner = start(function* () {
          yield* thrownBy(loop.createFuture());
          return 'nevertheless';
        });
        const outer = start(function* () {
          return yield* wait(inner);
        });
        yield* turn();
        yield* turn();
        outer.cancel();
        expect(yield* wait(outer)).toBe('nevertheless');
        expect([outer.cancelled(), outer.cancelling()]).toEqual([false, 1]);
      }));

    it('TASK-043 honours the cancel() of a subclass', () =>
      runs(function* () {
        class Stubborn<T> extends Task<T> {
          override cancel(message?: unknown): boolean {
            trace.push(`asked: ${String(message)}`);
            return false;
          }
        }
        const inner: Task<string> = new Stubborn(
          body(function* () {
            yield* turn();
            yield* turn();
            return 'finished';
          }),
          { loop },
        );
        const outer = start(function* () {
          return yield* wait(inner);
        });
        yield* turn();
        outer.cancel('please');
        // As in the reference: what could not be cancelled is waited for, and then it is thrown.
        expect(argsOf(yield* thrownBy(outer))).toEqual(['please']);
        expect([trace, inner.result()]).toEqual([['asked: please'], 'finished']);
      }));
  });

  it('TASK-043 is a RuntimeError if tasks wait for one another in a circle, and changes nothing', () =>
    runs(function* () {
      const tasks = new Map<string, Task>();
      const follow = (name: string, next: string): void =>
        void tasks.set(
          name,
          start(function* () {
            yield* wait(tasks.get(next) as Task);
          }),
        );
      for (const [name, next] of ['ab', 'bc', 'cd', 'db']) follow(name as string, next as string);
      yield* turn();
      for (const task of tasks.values()) {
        expect(() => task.cancel()).toThrow(
          /^Tasks wait for one another in a circle: <Task pending /,
        );
        expect(() => task.cancel()).toThrow(RuntimeError);
        expect(task.cancelling()).toBe(0);
      }
      loop.setExceptionHandler(() => {});
    }));

  it('from outside of the loop wakes it', async () => {
    const task = start(function* () {
      yield* wait(loop.createFuture());
    });
    setImmediate(() => setImmediate(() => void task.cancel('why')));
    await expect(loop.runUntilComplete(task)).rejects.toMatchObject({ args: ['why'] });
  });

  it('TASK-045 goes through every finally, from the innermost coroutine outwards', () =>
    runs(function* () {
      function* level(depth: number): Script<void> {
        try {
          if (depth === 3) yield* wait(loop.createFuture());
          else yield* level(depth + 1);
        } finally {
          trace.push(depth);
          yield* turn();
        }
      }
      const task = start(() => level(0));
      yield* turn();
      task.cancel();
      yield* thrownBy(task);
      expect(trace).toEqual([3, 2, 1, 0]);
    }));

  it('TASK-050 cancels the timer behind a sleep', () =>
    runs(function* () {
      let timer: { cancelled(): boolean } | undefined;
      function* sleeping(): Generator<unknown, void> {
        const future = loop.createFuture<void>();
        const handle = loop.callLater(100, () => future.setResult());
        timer = handle;
        try {
          yield* future;
        } finally {
          handle.cancel();
        }
      }
      const begin = loop.time();
      const task = start(function* () {
        yield* wait(operation(sleeping));
      });
      yield* turn();
      task.cancel();
      yield* thrownBy(task);
      expect([timer?.cancelled(), loop.time() - begin]).toEqual([true, 0]);
    }));

  it('TASK-034 of a task that is done does nothing', () =>
    runs(function* () {
      const task = start(function* () {
        return 'result';
      });
      yield* wait(task);
      expect(task.cancel('too late')).toBe(false);
      expect([task.cancelled(), task.cancelling(), task.result()]).toEqual([false, 0, 'result']);
    }));
});
