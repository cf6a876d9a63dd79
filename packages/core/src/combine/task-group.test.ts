import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import { copyContext } from '../context/context.ts';
import { CancelledError, KeyboardInterrupt, RuntimeError, SystemExit } from '../error/errors.ts';
import { ExceptionGroup } from '../error/exception-group.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { currentTask } from '../task/current-task.ts';
import { Task } from '../task/task.ts';
import { runVirtual } from '../testing/index.ts';
import { sleep } from './sleep.ts';
import { TaskGroup } from './task-group.ts';
import { timeout } from './timeout.ts';

describe.each(styles)('TaskGroup ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));
  const grouped = <T>(script: (group: TaskGroup) => Script<T>) =>
    until(TaskGroup.run((group) => body(() => script(group))()));
  const failing = (delay: number, error: Error) =>
    body(function* () {
      yield* until(sleep(delay));
      throw error;
    });

  /** The errors of a group, by message; groups inside in brackets. */
  const messages = (error: unknown): unknown =>
    error instanceof ExceptionGroup ? error.errors.map(messages) : (error as Error).message;

  it('HL-032 waits for all tasks, those included that tasks create meanwhile', () =>
    run(function* () {
      const tasks: Task[] = [];
      const result = yield* grouped(function* (group) {
        const parent = body(function* () {
          yield* until(sleep(2));
          tasks.push(group.createTask(body(() => until(sleep(3, 'grandchild')))));
          return 'child';
        });
        tasks.push(group.createTask(parent));
        return 'body';
      });
      expect(result).toBe('body');
      expect(tasks.map((task) => task.result())).toEqual(['child', 'grandchild']);
      expect(getRunningLoop().time()).toBeCloseTo(5, 9);
    }));

  it('HL-032 hands all options of createTask on to the loop', () =>
    run(function* () {
      const loop = getRunningLoop();
      const seen: unknown[] = [];
      loop.setTaskFactory((where, what, options) => {
        seen.push(options);
        return new Task(what, { loop: where, name: options.name, context: options.context });
      });
      const variable = new ContextVar<string>('variable', { default: 'outer' });
      const context = copyContext();
      context.run(() => variable.set('given'));
      yield* grouped(function* (group) {
        const get = body(function* () {
          return variable.get();
        });
        const task = group.createTask(get, { name: 'child', context, colour: 'green' });
        expect(task.getName()).toBe('child');
        expect(yield* until(task)).toBe('given');
      });
      expect(seen).toEqual([{ name: 'child', context, colour: 'green' }]);
    }));

  it('HL-033 cancels the others and the body on the first failure, and throws all errors', () =>
    run(function* () {
      const trace: string[] = [];
      const victim = (error?: Error) =>
        body(function* () {
          try {
            yield* until(sleep(100));
          } catch (cancellation) {
            trace.push((cancellation as Error).name);
            yield* until(sleep(2));
            throw error ?? cancellation;
          }
        });
      const error = yield* caught(
        grouped(function* (group) {
          void group.createTask(victim());
          void group.createTask(failing(1, new Error('first')));
          void group.createTask(victim(new Error('second')));
          try {
            yield* until(sleep(100));
          } catch (cancellation) {
            trace.push(`body ${(cancellation as Error).name}`);
            throw new Error('body', { cause: cancellation });
          }
        }),
      );
      expect(error).toBeInstanceOf(ExceptionGroup);
      expect((error as Error).message).toBe('unhandled errors in a TaskGroup');
      expect(messages(error)).toEqual(['first', 'second', 'body']);
      expect(trace).toEqual(['CancelledError', 'CancelledError', 'body CancelledError']);
      expect(getRunningLoop().time()).toBeCloseTo(3, 9);
    }));

  it('HL-033 leaves a cancellation of the body out of the group', () =>
    run(function* () {
      const error = yield* caught(
        grouped(function* (group) {
          void group.createTask(failing(1, new Error('only')));
          yield* until(sleep(100));
        }),
      );
      expect(messages(error)).toEqual(['only']);
    }));

  it('HL-034 throws an error of the body in a group, after cancelling all tasks', () =>
    run(function* () {
      let child: Task | undefined;
      const error = yield* caught(
        grouped(function* (group) {
          child = group.createTask(body(() => until(sleep(100))));
          yield* until(sleep(1));
          throw new Error('body');
        }),
      );
      expect(messages(error)).toEqual(['body']);
      expect(child?.cancelled()).toBe(true);
    }));

  it('HL-034 ignores a task that is cancelled by itself', () =>
    run(function* () {
      const result = yield* grouped(function* (group) {
        const cancelled = group.createTask(body(() => until(sleep(100))));
        void group.createTask(
          body(function* () {
            yield* until(sleep(1));
            throw new CancelledError();
          }),
        );
        const other = group.createTask(body(() => until(sleep(5, 'other'))));
        yield* until(sleep(1));
        cancelled.cancel();
        return [other];
      });
      expect(result[0]?.result()).toBe('other');
    }));

  it('HL-035 cancels all tasks with the current task, and throws CancelledError', () =>
    run(function* () {
      const children: Task[] = [];
      // Both in the body and in the wait for the tasks.
      for (const bodyTime of [100, 0]) {
        const owner = createTask(
          body(() =>
            grouped(function* (group) {
              children.push(group.createTask(body(() => until(sleep(100)))));
              yield* until(sleep(bodyTime));
            }),
          ),
        );
        yield* until(sleep(1));
        owner.cancel('enough');
        expect(yield* caught(until(owner))).toMatchObject({ args: ['enough'] });
        expect(owner.cancelled()).toBe(true);
      }
      expect(children.map((child) => child.cancelled())).toEqual([true, true]);
    }));

  it('HL-035 prefers errors to the cancellation, which comes again at the next wait', () =>
    run(function* () {
      const trace: unknown[] = [];
      const owner = createTask(
        body(function* () {
          const error = yield* caught(
            grouped(function* (group) {
              const cleanUp = body(function* () {
                yield* caught(until(sleep(100)));
                throw new Error('clean-up');
              });
              void group.createTask(cleanUp);
              yield* until(sleep(100));
            }),
          );
          trace.push(messages(error), currentTask()?.cancelling());
          yield* until(sleep(1));
          trace.push('never');
        }),
      );
      yield* until(sleep(1));
      owner.cancel();
      expect(yield* caught(until(owner))).toBeInstanceOf(CancelledError);
      expect(trace).toEqual([['clean-up'], 1]);
    }));

  it('HL-036 leaves cancelling() as it was, and the code behind runs normally', () =>
    run(function* () {
      yield* caught(grouped((group) => abort(group)));
      yield* until(sleep(1));
      expect(currentTask()?.cancelling()).toBe(0);
    }));

  it('HL-036 keeps a level above zero too, but then cancels the next wait', () =>
    run(function* () {
      // The reference cannot tell a cancellation that was handled long ago from one of now.
      const owner = createTask(
        body(function* () {
          yield* caught(until(sleep(100)));
          const before = currentTask()?.cancelling();
          yield* caught(grouped((group) => abort(group)));
          const after = currentTask()?.cancelling();
          yield* caught(until(sleep(100)));
          return [before, after];
        }),
      );
      yield* until(sleep(1));
      owner.cancel();
      expect(yield* until(owner)).toEqual([1, 1]);
      expect(getRunningLoop().time()).toBeCloseTo(2, 9);
    }));

  function* abort(group: TaskGroup): Script<void> {
    void group.createTask(failing(1, new Error('failed')));
    yield* until(sleep(100));
  }

  it('HL-036 puts the group of an inner failure into the group of the outer one', () =>
    run(function* () {
      const inner = yield* caught(grouped(() => grouped((group) => abort(group))));
      expect(messages(inner)).toEqual([['failed']]);
      const outer = yield* caught(
        grouped(function* (group) {
          void group.createTask(failing(1, new Error('outer')));
          yield* grouped(function* (nested) {
            void nested.createTask(body(() => until(sleep(100))));
            yield* until(sleep(100));
          });
        }),
      );
      expect(messages(outer)).toEqual(['outer']);
      const both = yield* caught(
        grouped(function* (group) {
          void group.createTask(failing(1, new Error('outer')));
          yield* grouped(function* (nested) {
            void nested.createTask(failing(1, new Error('inner')));
            yield* until(sleep(100));
          });
        }),
      );
      expect(messages(both)).toEqual(['outer', ['inner']]);
      expect(currentTask()?.cancelling()).toBe(0);
    }));

  it.each([new SystemExit(3), new KeyboardInterrupt()])(
    'HL-037 throws %s of the body as it is, after the tasks have ended',
    async (exit) => {
      const trace: string[] = [];
      const main = body(() =>
        grouped(function* (group) {
          const tidy = body(function* () {
            try {
              yield* until(sleep(100));
            } finally {
              trace.push('tidied up');
            }
          });
          void group.createTask(tidy);
          yield* until(sleep(1));
          throw exit;
        }),
      );
      await expect(runVirtual(main)).rejects.toBe(exit);
      expect(trace).toEqual(['tidied up']);
    },
  );

  it('HL-037 lets an exit of a task leave the loop at once', async () => {
    const trace: string[] = [];
    const exit = new SystemExit(4);
    const main = body(() =>
      grouped(function* (group) {
        // The group throws the exit too, while the tasks are being cancelled: nobody sees that one.
        getRunningLoop().setExceptionHandler((_loop, { message }) => trace.push(`${message}`));
        void group.createTask(failing(1, exit as unknown as Error));
        try {
          yield* until(sleep(100));
        } finally {
          trace.push(`cancelled after ${getRunningLoop().time()}`);
        }
      }),
    );
    await expect(runVirtual(main)).rejects.toBe(exit);
    expect(trace).toEqual(['cancelled after 1', 'Task exception was never retrieved']);
  });

  it('HL-038 runs one body only', () =>
    run(function* () {
      const group = new TaskGroup();
      const again = body(function* () {
        const error = yield* caught(until(group.run(body(function* () {}))));
        expect(error).toBeInstanceOf(RuntimeError);
        expect((error as Error).message).toBe(
          'TaskGroup <TaskGroup entered> has already been entered',
        );
      });
      yield* until(group.run(again));
    }));

  it('HL-038 creates tasks only while the body or tasks run, and closes a coroutine that it refuses', () =>
    run(function* () {
      const closed: string[] = [];
      const refused = (group: TaskGroup) => {
        const coroutine = (function* () {})();
        const close = coroutine.return.bind(coroutine);
        coroutine.return = (value) => {
          closed.push('closed');
          return close(value);
        };
        try {
          void group.createTask(coroutine);
        } catch (error) {
          return (error as Error).message;
        }
        return 'created';
      };
      const group = new TaskGroup();
      expect(refused(group)).toBe('TaskGroup <TaskGroup> has not been entered');
      yield* until(group.run(body(() => until(sleep(1)))));
      expect(refused(group)).toBe('TaskGroup <TaskGroup entered> is finished');
      const shuttingDown: string[] = [];
      yield* caught(
        grouped(function* (aborted) {
          void aborted.createTask(failing(1, new Error('failed')));
          try {
            yield* until(sleep(100));
          } finally {
            shuttingDown.push(refused(aborted));
          }
        }),
      );
      expect(shuttingDown).toEqual(['TaskGroup <TaskGroup errors=1 cancelling> is shutting down']);
      expect(closed).toEqual(['closed', 'closed', 'closed']);
    }));

  it('works within a timeout, and around one', () =>
    run(function* () {
      const error = yield* caught(
        until(
          timeout(2, () =>
            body(() =>
              grouped(function* (group) {
                void group.createTask(body(() => until(sleep(100))));
              }),
            )(),
          ),
        ),
      );
      expect((error as Error).name).toBe('TimeoutError');
      const around = yield* caught(
        grouped(function* () {
          yield* until(timeout(1, () => body(() => until(sleep(100)))()));
        }),
      );
      expect((around as ExceptionGroup).errors.map((one: Error) => one.name)).toEqual([
        'TimeoutError',
      ]);
      expect(currentTask()?.cancelling()).toBe(0);
    }));
});

it('HL-038 rejects outside of a task', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  loop.callSoon(() => {
    TaskGroup.run(async () => {}).catch((error: unknown) => {
      seen.push(error);
      loop.stop();
    });
  });
  await loop.runForever();
  loop.close();
  expect(seen).toEqual([
    new RuntimeError('TaskGroup <TaskGroup> cannot determine the parent task'),
  ]);
});

it('cancels its own part of the task only, when several run side by side', () =>
  runVirtual(async () => {
    const results = await Promise.allSettled([
      TaskGroup.run(async (group) => {
        void group.createTask(async () => {
          await sleep(1);
          throw new Error('failed');
        });
        await sleep(100);
      }),
      TaskGroup.run(async (group) => await group.createTask(async () => await sleep(5, 'fine'))),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(currentTask()?.cancelling()).toBe(0);
  }));

it('HL-034 lets an async task that throws undefined fail as well', () =>
  runVirtual(async () => {
    const error = await TaskGroup.run(async (group) => {
      void group.createTask(() => Promise.reject(undefined));
    }).catch((reason: unknown) => reason);
    expect((error as ExceptionGroup).errors).toEqual([undefined]);
  }));
