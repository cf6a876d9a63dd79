import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, thrownBy, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { currentTask } from './current-task.ts';
import { operation } from './operation.ts';
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

describe.each(styles)('a cancellation of a task ($style)', ({ body }) => {
  /** Runs `script` in a task, to its end. */
  const runs = (script: () => Script<void>): Promise<void> => loop.runUntilComplete(body(script));
  const start = <T>(script: () => Script<T>): Task<T> => loop.createTask(body(script));

  describe('and its message', () => {
    it.each([
      [undefined, []],
      [null, []],
      ['text', ['text']],
      [5, [5]],
      ['', ['']],
    ])('TASK-046 of %j gives the args %j', (message, args) =>
      runs(function* () {
        const task = start(function* () {
          yield* wait(loop.createFuture());
        });
        yield* turn();
        task.cancel(message);
        expect(argsOf(yield* thrownBy(task))).toEqual(args);
      }),
    );

    it.each<[string, (task: Task) => Script<unknown>]>([
      ['an await', (task) => thrownBy(task)],
      [
        'result()',
        function* (task) {
          try {
            return task.result();
          } catch (error) {
            return error;
          }
        },
      ],
      [
        'exception()',
        function* (task) {
          try {
            return task.exception();
          } catch (error) {
            return error;
          }
        },
      ],
    ])('TASK-046 come with the original error to the first who asks, by %s', (_how, ask) =>
      runs(function* () {
        let original: unknown;
        const task: Task = start(function* () {
          original = yield* thrownBy(loop.createFuture());
          throw original;
        });
        yield* turn();
        task.cancel('why');
        yield* turn();
        yield* turn();
        const [first, second] = [yield* ask(task), yield* ask(task)];
        expect(first === original).toBe(true);
        expect(second).toBeInstanceOf(CancelledError);
        expect(second === original).toBe(false);
        expect(argsOf(second)).toEqual(['why']);
      }),
    );
  });

  describe('and uncancel()', () => {
    it('TASK-047 counts requests down to 0', () =>
      runs(function* () {
        const task = start(function* () {
          yield* wait(loop.createFuture());
        });
        expect([task.cancelling(), task.uncancel()]).toEqual([0, 0]);
        task.cancel();
        task.cancel();
        expect([task.cancelling(), task.uncancel(), task.uncancel(), task.uncancel()]).toEqual([
          2, 1, 0, 0,
        ]);
        task.cancel();
        yield* thrownBy(task);
        expect([task.uncancel(), task.cancelled()]).toEqual([0, true]);
      }));

    it('TASK-047 withdraws what was not delivered yet', () =>
      runs(function* () {
        const task = start(function* () {
          return 'never knew';
        });
        task.cancel();
        task.uncancel();
        expect(yield* wait(task)).toBe('never knew');
      }));

    it('TASK-047 withdraws it only with the last request', () =>
      runs(function* () {
        const task = start(function* () {});
        task.cancel('why');
        task.cancel('why');
        task.uncancel();
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
      }));

    it('TASK-047 withdraws it from a library coroutine that was woken already', () =>
      runs(function* () {
        const future = loop.createFuture<string>();
        const task = start(function* () {
          return yield* wait(
            operation(function* () {
              return yield* future;
            }),
          );
        });
        yield* turn();
        future.setResult('result');
        task.cancel();
        task.uncancel();
        expect(yield* wait(task)).toBe('result');
      }));

    it('TASK-048 takes nothing back that was delivered', () =>
      runs(function* () {
        const task = start(function* () {
          const error = yield* thrownBy(loop.createFuture());
          me().uncancel();
          throw error;
        });
        yield* turn();
        task.cancel('why');
        expect(argsOf(yield* thrownBy(task))).toEqual(['why']);
        expect([task.cancelling(), task.cancelled()]).toEqual([0, true]);
      }));

    it('TASK-048 tells structured code whose request it was', () =>
      runs(function* () {
        /** Turns a cancellation of its own into an error of its own. */
        function* withLimit(expire: Future): Script<void> {
          const task = me();
          const before = task.cancelling();
          expire.addDoneCallback(() => task.cancel());
          try {
            yield* wait(loop.createFuture());
          } finally {
            // oxlint-disable-next-line no-unsafe-finally -- what timeout() does
            if (expire.done() && task.uncancel() <= before) throw new RangeError('too long');
          }
        }
        for (const alsoOutside of [false, true]) {
          const expire = loop.createFuture();
          const task = start(() => withLimit(expire));
          yield* turn();
          expire.setResult(null);
          yield* turn();
          if (alsoOutside) task.cancel();
          trace.push((yield* thrownBy(task)) instanceof RangeError);
        }
        expect(trace).toEqual([true, false]);
      }));
  });

  describe('and signal', () => {
    it('aborts with the error that is thrown, for who asked before and for who asks after', () =>
      runs(function* () {
        const task = start(function* () {
          yield* thrownBy(loop.createFuture());
          trace.push(me().signal.aborted);
        });
        const { signal } = task;
        expect(signal.aborted).toBe(false);
        expect(task.signal === signal).toBe(true);
        yield* turn();
        task.cancel('why');
        expect(signal.aborted).toBe(true);
        expect(signal.reason).toBeInstanceOf(CancelledError);
        expect(argsOf(signal.reason)).toEqual(['why']);
        yield* wait(task);
        expect(trace).toEqual([true]);

        const other = start(function* () {});
        other.cancel();
        expect(other.signal.aborted).toBe(true);
        yield* thrownBy(other);
      }));

    it('is a new one once the request was undone', () =>
      runs(function* () {
        const { signal } = me();
        me().cancel();
        yield* thrownBy(loop.createFuture());
        expect(me().signal === signal).toBe(true);
        me().uncancel();
        expect([signal.aborted, me().signal.aborted]).toEqual([true, false]);
      }));

    it('aborts before anything is cancelled, in all tasks that wait for one another', () =>
      runs(function* () {
        const inner = start(function* () {
          yield* wait(loop.createFuture());
        });
        const outer = start(function* () {
          yield* wait(inner);
        });
        yield* turn();
        yield* turn();
        for (const [name, task] of Object.entries({ outer, inner })) {
          task.signal.addEventListener('abort', () => trace.push(`${name} aborted`));
        }
        outer.cancel();
        expect(trace).toEqual(['outer aborted', 'inner aborted']);
        yield* thrownBy(outer);
      }));
  });
});
