import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import { KeyboardInterrupt, SystemExit, type CancelledError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { allTasks, currentTask } from './current-task.ts';
import { createEagerTaskFactory, eagerTaskFactory } from './eager-task.ts';
import { Task } from './task.ts';

let loop: EventLoop;
let trace: unknown[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  // Some tests leave errors behind, on purpose.
  loop.setExceptionHandler(() => {});
  trace = [];
});

afterEach(() => {
  loop.close();
});

describe.each(styles)('an eager task ($style)', ({ style, body }) => {
  // An async function's end is seen only once microtasks have run.
  const endsAtOnce = style === 'generator';

  it('TASK-011 runs inside createTask up to its first real suspension', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const finished = loop.createFuture<string>();
        finished.setResult('finished');
        const task = createTask(
          body(function* () {
            trace.push('begins');
            if (endsAtOnce) trace.push(yield* wait(finished));
            yield* turn();
            trace.push(`${now()}: goes on`);
          }),
          { eagerStart: true },
        );
        trace.push(`${now()}: created`);
        yield* wait(task);
      }),
    );
    expect(trace).toEqual([
      'begins',
      ...(endsAtOnce ? ['finished'] : []),
      '0: created',
      '1: goes on',
    ]);
  });

  it('TASK-011 is what the eager factory makes where nothing else is asked for', async () => {
    loop.setTaskFactory(eagerTaskFactory);
    await loop.runUntilComplete(
      body(function* () {
        const task = createTask(
          body(function* () {
            trace.push('begins');
            yield* turn();
          }),
        );
        trace.push('created');
        yield* wait(task);
      }),
    );
    expect(trace).toEqual(['begins', 'created']);
  });

  it.each([undefined, null])(
    'TASK-011 is what no other factory makes for eagerStart %s',
    async (eagerStart) => {
      await loop.runUntilComplete(
        body(function* () {
          const task = createTask(
            body(function* () {
              trace.push('begins');
            }),
            { eagerStart },
          );
          trace.push('created');
          yield* wait(task);
        }),
      );
      expect(trace).toEqual(['created', 'begins']);
    },
  );

  it('TASK-012 is not made by the eager factory for eagerStart false', async () => {
    loop.setTaskFactory(eagerTaskFactory);
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const task = createTask(
          body(function* () {
            trace.push(`${now()}: begins`);
          }),
          { eagerStart: false },
        );
        trace.push('created');
        yield* wait(task);
      }),
    );
    expect(trace).toEqual(['created', '1: begins']);
  });

  it('TASK-013 that never suspends has had its effects; its done callbacks go through callSoon', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        const task = createTask(
          body(function* () {
            trace.push('effect');
            return 'result';
          }),
          { eagerStart: true },
        );
        trace.push(`done ${task.done()}`);
        task.addDoneCallback(() => trace.push(`${now()}: callback`));
        const result = yield* wait(task);
        trace.push(`${now()}: ${result}`);
        yield* turn();
        yield* turn();
      }),
    );
    expect(trace).toEqual(
      endsAtOnce
        ? ['effect', 'done true', '0: result', '1: callback']
        : ['effect', 'done false', '1: callback', '1: result'],
    );
  });

  it('TASK-014 keeps an error of its eager part', async () => {
    const error = new Error('at once');
    await loop.runUntilComplete(
      body(function* () {
        const task = createTask(
          body(function* () {
            throw error;
          }),
          { eagerStart: true },
        );
        trace.push('created');
        try {
          yield* wait(task);
        } catch (caught) {
          trace.push(caught === error);
        }
      }),
    );
    expect(trace).toEqual(['created', true]);
  });

  it.each([new SystemExit(3), new KeyboardInterrupt()])(
    'TASK-014 leaves the loop by %s',
    async (exit) => {
      const main = body(function* () {
        void createTask(
          body(function* () {
            throw exit;
          }),
          { eagerStart: true },
        );
        yield* turn();
        trace.push('not reached');
      });
      await expect(loop.runUntilComplete(main)).rejects.toBe(exit);
      expect(trace).toEqual([]);
    },
  );

  it('TASK-015 is the current one in its eager part, among all tasks, and afterwards the creator is', async () => {
    let inside: Task | null = null;
    await loop.runUntilComplete(
      body(function* () {
        const creator = currentTask();
        const task = createTask(
          body(function* () {
            inside = currentTask();
            trace.push(`in all tasks ${allTasks().has(inside as Task)}`);
            yield* turn();
            trace.push(`again ${currentTask() === inside}`);
          }),
          { eagerStart: true },
        );
        trace.push(`creator ${currentTask() === creator}`);
        trace.push(`suspended ${allTasks().has(task)}`);
        trace.push(`task ${inside === task}`);
        yield* wait(task);
        trace.push(`done ${allTasks().has(task)}`, `creator ${currentTask() === creator}`);
      }),
    );
    expect(trace).toEqual([
      'in all tasks true',
      'creator true',
      'suspended true',
      'task true',
      'again true',
      'done false',
      'creator true',
    ]);
  });

  it('TASK-016 runs its eager part in its own copy of the context', async () => {
    const variable = new ContextVar('variable', { default: 'unset' });
    await loop.runUntilComplete(
      body(function* () {
        variable.set('of the creator');
        const task = createTask(
          body(function* () {
            trace.push(variable.get());
            variable.set('of the task');
            yield* turn();
            trace.push(variable.get());
          }),
          { eagerStart: true },
        );
        trace.push(variable.get());
        yield* wait(task);
        trace.push(variable.get());
      }),
    );
    expect(trace).toEqual(['of the creator', 'of the creator', 'of the task', 'of the creator']);
  });

  it('TASK-017 cancelled after its suspension gets the message there', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const task = createTask(
          body(function* () {
            try {
              yield* wait(getRunningLoop().createFuture());
            } catch (error) {
              trace.push((error as CancelledError).args);
              throw error;
            }
          }),
          { eagerStart: true },
        );
        if (!endsAtOnce) yield* turn();
        trace.push(task.cancel('why'));
        yield* turn();
        yield* turn();
        trace.push(task.cancelled());
      }),
    );
    expect(trace).toEqual([true, ['why'], true]);
  });

  it('TASK-018 on a loop that does not run is scheduled as any other', async () => {
    const task = loop.createTask(
      body(function* () {
        trace.push('begins');
      }),
      { eagerStart: true },
    );
    expect(trace).toEqual([]);
    await loop.runUntilComplete(task);
    expect(trace).toEqual(['begins']);
  });

  it('TASK-013 may start others eagerly in its eager part, which are each the current one there', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const name = (): string => (currentTask() as Task).getName();
        const nested = (depth: number): Task<void> =>
          createTask(
            body(function* () {
              trace.push(name());
              if (depth < 3) void nested(depth + 1);
              trace.push(name());
            }),
            { name: `task ${depth}`, eagerStart: true },
          );
        yield* wait(nested(1));
      }),
    );
    expect(trace).toEqual(['task 1', 'task 2', 'task 3', 'task 3', 'task 2', 'task 1']);
  });
});

describe('an eager generator that ends at once', () => {
  it('TASK-013 never enters the ready queue, and TASK-015 is gone from all tasks', async () => {
    await loop.runUntilComplete(function* () {
      const now = countIterations(loop);
      const before = allTasks().size;
      for (let i = 0; i < 100; i += 1) {
        const task = createTask(
          function* () {
            return i;
          },
          { eagerStart: true },
        );
        expect([task.done(), task.result()]).toEqual([true, i]);
        expect(yield* task).toBe(i);
      }
      expect([now(), allTasks().size]).toEqual([0, before]);
    });
  });

  it('TASK-017 cannot be cancelled any more', async () => {
    await loop.runUntilComplete(function* () {
      const task = createTask(
        function* () {
          return 'stands';
        },
        { eagerStart: true },
      );
      expect(task.cancel()).toBe(false);
      expect([task.cancelled(), task.result(), task.cancelling()]).toEqual([false, 'stands', 0]);
    });
  });

  it('TASK-014 throws an exit to its creator as well', async () => {
    const exit = new SystemExit(3);
    const main = function* () {
      try {
        void createTask(
          function* () {
            throw exit;
          },
          { eagerStart: true },
        );
      } catch (error) {
        trace.push(error === exit);
      }
    };
    await expect(loop.runUntilComplete(main)).rejects.toBe(exit);
    expect(trace).toEqual([true]);
  });

  it('TASK-013 runs as part of a callback too', async () => {
    loop.callSoon(() => {
      const task = createTask(
        function* () {
          trace.push(currentTask() !== null);
        },
        { eagerStart: true },
      );
      trace.push(task.done(), currentTask());
    });
    await loop.runUntilComplete(function* () {
      yield;
    });
    expect(trace).toEqual([true, true, null]);
  });
});

describe('an eager task of another loop', () => {
  it.each(styles)(
    'runs under that loop, and leaves the creator where it was ($style)',
    async ({ body }) => {
      const other = new EventLoop({ host: new VirtualHost() });
      const running = other.runForever();
      let task: Task | undefined;
      await loop.runUntilComplete(
        body(function* () {
          const creator = currentTask();
          task = other.createTask(
            body(function* () {
              trace.push(getRunningLoop() === other, currentTask() === creator);
              yield* turn();
              trace.push(getRunningLoop() === other);
            }),
            { eagerStart: true },
          );
          trace.push(getRunningLoop() === loop, currentTask() === creator);
          yield* turn();
        }),
      );
      await task;
      other.stop();
      await running;
      other.close();
      expect(trace.slice(0, 4)).toEqual([true, false, true, true]);
      expect(trace.slice(4)).toEqual([true]);
    },
  );
});

describe('createEagerTaskFactory', () => {
  it('TASK-019 calls what it is given with body and options, eager by default', async () => {
    const seen: unknown[] = [];
    const factory = createEagerTaskFactory((coroutine, options) => {
      seen.push(options);
      const { loop: on, eagerStart } = options;
      return new Task(coroutine, { loop: on, eagerStart });
    });
    loop.setTaskFactory(factory);
    await loop.runUntilComplete(function* () {
      void createTask(function* () {}, { name: 'one', extra: 1 });
      void createTask(function* () {}, { eagerStart: false });
    });
    expect(seen.slice(1)).toEqual([
      { name: 'one', extra: 1, eagerStart: true, loop },
      { eagerStart: false, loop },
    ]);
  });

  it('TASK-019 takes a subclass of Task', async () => {
    class OwnTask<T> extends Task<T> {}
    loop.setTaskFactory(createEagerTaskFactory(OwnTask));
    await loop.runUntilComplete(function* () {
      const task = createTask(function* () {
        return 1;
      });
      expect(task).toBeInstanceOf(OwnTask);
      expect(task.done()).toBe(true);
    });
  });

  it('TASK-019 starts a task without options as one with none', async () => {
    const own = new EventLoop();
    const started = await own.runUntilComplete(async () => {
      const task = eagerTaskFactory(own, function* () {
        return 5;
      });
      return task.done() && task.result();
    });
    expect(started).toBe(5);
    for (const options of [null, 5, 'many', Symbol('options')]) {
      expect(() => eagerTaskFactory(own, function* () {}, options as never)).toThrow(
        'Expected options to be an object, got ',
      );
    }
    for (const other of [undefined, null, 5, 'many', {}]) {
      expect(() => eagerTaskFactory(other as never, function* () {})).toThrow(
        'Expected the loop of eagerTaskFactory() to be an EventLoop, got ',
      );
    }
    own.close();
  });

  it('TASK-019 refuses what cannot be called', () => {
    expect(() => createEagerTaskFactory(42 as never)).toThrow(
      'a callable object was expected by createEagerTaskFactory(), got 42',
    );
  });
});
