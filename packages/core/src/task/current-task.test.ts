import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { allTasks, currentTask, enterTask, leaveTask } from './current-task.ts';
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

describe.each(styles)('currentTask ($style)', ({ body }) => {
  it('TASK-051 is the task that runs, after every await too, however tasks interleave', async () => {
    const worker = (name: string): Task<void> =>
      createTask(
        body(function* () {
          for (let i = 0; i < 3; i += 1) {
            trace.push([name, currentTask()?.getName(), currentTask(loop)?.getName()]);
            yield* turn();
          }
        }),
        { name },
      );
    await loop.runUntilComplete(
      body(function* () {
        for (const task of [worker('a'), worker('b')]) yield* wait(task);
      }),
    );
    const seen = (name: string): unknown => [name, name, name];
    expect(trace).toEqual(['a', 'b', 'a', 'b', 'a', 'b'].map(seen));
  });

  it('TASK-051 is null in a callback, also one that the task has scheduled', async () => {
    await loop.runUntilComplete(
      body(function* () {
        loop.callSoon(() => trace.push(currentTask()));
        loop.callLater(0, () => trace.push(currentTask()));
        const future = loop.createFuture<number>();
        future.addDoneCallback(() => trace.push(currentTask()));
        future.setResult(1);
        yield* turn();
        yield* turn();
      }),
    );
    expect(trace).toEqual([null, null, null]);
  });

  it('TASK-051 of another loop is null', async () => {
    const idle = new EventLoop();
    await loop.runUntilComplete(
      body(function* () {
        trace.push(currentTask(idle), currentTask(null) !== null);
      }),
    );
    idle.close();
    expect(trace).toEqual([null, true]);
  });
});

describe('currentTask outside of a run', () => {
  it('TASK-051 is a RuntimeError, and null for a loop that is given', async () => {
    expect(() => currentTask()).toThrow(RuntimeError);
    expect(currentTask(loop)).toBeNull();
    await loop.runUntilComplete(async () => {});
    expect(() => currentTask()).toThrow(RuntimeError);
  });

  it('refuses what is no loop', () => {
    expect(() => currentTask(42 as never)).toThrow('Expected loop to be an event loop, got 42');
    expect(() => allTasks(42 as never)).toThrow('Expected loop to be an event loop, got 42');
  });
});

describe('allTasks', () => {
  it.each(styles)(
    'TASK-052 is the set of unfinished tasks, the caller included ($style)',
    async ({ body }) => {
      await loop.runUntilComplete(
        body(function* () {
          const names = (): string[] => [...allTasks()].map((task) => task.getName());
          const waits = createTask(body(turn), { name: 'waits' });
          const later = createTask(body(turn), { name: 'later' });
          currentTask()?.setName('main');
          expect(allTasks()).toBeInstanceOf(Set);
          expect(names()).toEqual(['main', 'waits', 'later']);
          yield* wait(waits);
          yield* wait(later);
          expect(names()).toEqual(['main']);
        }),
      );
      expect(allTasks(loop).size).toBe(0);
    },
  );

  it('TASK-052 works without a run for a loop that is given, and leaves those of others out', () => {
    const other = new EventLoop();
    const task = loop.createTask(async () => {});
    void other.createTask(async () => {});
    expect([...allTasks(loop)].map((each) => each === task)).toEqual([true]);
    expect(() => allTasks()).toThrow(RuntimeError);
    other.close();
  });

  it('TASK-052 is a copy: to change it changes nothing', () => {
    void loop.createTask(async () => {});
    allTasks(loop).clear();
    expect(allTasks(loop).size).toBe(1);
  });

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]], [[1, 2, 0]]])(
    'TASK-052 keeps the order of creation when tasks end in the order %j',
    async (order) => {
      await loop.runUntilComplete(function* () {
        const futures = [0, 1, 2].map(() => loop.createFuture<number>());
        const tasks = futures.map((future, index) =>
          createTask(
            function* () {
              yield* future;
            },
            { name: `${index}` },
          ),
        );
        const left = new Set(['0', '1', '2']);
        for (const index of order) {
          futures[index]?.setResult(1);
          yield* tasks[index] as Task<void>;
          left.delete(`${index}`);
          expect([...allTasks()].slice(1).map((task) => task.getName())).toEqual([...left]);
        }
      });
    },
  );
});

describe('enterTask and leaveTask', () => {
  const idle = (on: EventLoop, name: string): Task<void> => on.createTask(async () => {}, { name });

  it('TASK-058 make a task current for the code between them', async () => {
    await new Promise<void>((resolve, reject) => {
      loop.callSoon(() => {
        const task = idle(loop, 'mine');
        try {
          enterTask(loop, task);
          expect(currentTask() === task).toBe(true);
          leaveTask(loop, task);
          expect(currentTask()).toBeNull();
        } catch (error) {
          reject(error);
        }
      });
      loop.stop();
      loop.runForever().then(resolve, reject);
    });
  });

  it('TASK-058 do not enter one while another one is current', async () => {
    await loop.runUntilComplete(function* () {
      const task = idle(loop, 'second');
      expect(() => enterTask(loop, task)).toThrow(
        /^Cannot enter into task <Task pending name='second' .*> while another task <Task .*> is being executed\.$/,
      );
      expect(() => enterTask(loop, task)).toThrow(RuntimeError);
    });
  });

  it('TASK-058 do not leave one that is not current', () => {
    const [task, other] = [idle(loop, 'first'), idle(loop, 'second')];
    expect(() => leaveTask(loop, task)).toThrow(
      /^Leaving task <Task pending name='first' .*> does not match the current task null\.$/,
    );
    enterTask(loop, task);
    expect(() => leaveTask(loop, other)).toThrow(RuntimeError);
    leaveTask(loop, task);
  });

  it('TASK-058 know the tasks of each loop by themselves', () => {
    const other = new EventLoop();
    const [task, second] = [idle(loop, 'first'), idle(other, 'second')];
    enterTask(loop, task);
    enterTask(other, second);
    expect(() => leaveTask(loop, task)).toThrow(RuntimeError);
    leaveTask(other, second);
    leaveTask(loop, task);
    other.close();
  });

  it('refuse what is no loop and no task', () => {
    const task = idle(loop, 'task');
    for (const method of [enterTask, leaveTask]) {
      expect(() => method(42 as never, task)).toThrow('Expected loop to be an event loop, got 42');
      expect(() => method(loop, 42 as never)).toThrow('Expected task to be a Task, got 42');
    }
  });
});
