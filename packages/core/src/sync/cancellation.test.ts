import { describe, expect, it } from 'vitest';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { createTask } from '../task/create-task.ts';
import type { Task } from '../task/task.ts';
import { runVirtual } from '../testing/index.ts';
import { Barrier } from './barrier.ts';
import { Condition } from './condition.ts';
import { Lock } from './lock.ts';
import { Queue } from './queue.ts';
import { BoundedSemaphore } from './semaphore.ts';

/**
 * Each scenario is run again and again, with one or two of its tasks cancelled, each in one of its
 * iterations: whatever is cancelled when, the others must get what is theirs.
 */
interface Scenario {
  /** The tasks, which end by themselves after a few iterations. */
  readonly tasks: readonly (() => Script<unknown>)[];
  /** After all have ended: throws if something was lost. */
  readonly check: (tasks: readonly Task[]) => void;
}

const ITERATIONS = 9;

const scenarios: Record<string, () => Scenario> = {
  'HL-040 a lock': () => {
    const lock = new Lock();
    let holders = 0;
    const job = function* (): Script<void> {
      using _ = yield* until(lock.acquire());
      holders += 1;
      expect(holders).toBe(1);
      try {
        yield* until(sleep(0));
      } finally {
        holders -= 1;
      }
    };
    return {
      tasks: [job, job, job, job],
      check: () => expect(lock.toString()).toBe('<Lock [unlocked]>'),
    };
  },

  'HL-044 a semaphore': () => {
    const semaphore = new BoundedSemaphore(2);
    let holders = 0;
    const job = function* (): Script<void> {
      using _ = yield* until(semaphore.acquire());
      holders += 1;
      expect(holders).toBeLessThanOrEqual(2);
      try {
        yield* until(sleep(0));
      } finally {
        holders -= 1;
      }
    };
    return {
      tasks: [job, job, job, job, job],
      check: () => expect(semaphore.toString()).toBe('<BoundedSemaphore [unlocked, value:2]>'),
    };
  },

  'HL-043 a condition': () => {
    const condition = new Condition();
    let items = 0;
    let taken = 0;
    let put = 0;
    const consumer = function* (): Script<void> {
      using _ = yield* until(condition.acquire());
      yield* until(condition.waitFor(() => items > 0));
      items -= 1;
      taken += 1;
    };
    const producer = function* (): Script<void> {
      for (let n = 0; n < 3; n += 1) {
        yield* until(sleep(0));
        using _ = yield* until(condition.acquire());
        items += 1;
        put += 1;
        condition.notify();
      }
    };
    return {
      tasks: [consumer, consumer, consumer, producer],
      check: (tasks) => {
        const waiting = tasks.slice(0, 3).filter((task) => !task.done()).length;
        // Nobody waits while there is something to take.
        expect(Math.min(waiting, items)).toBe(0);
        expect(taken + items).toBe(put);
        expect(condition.locked()).toBe(false);
      },
    };
  },

  'HL-051 a queue': () => {
    const queue = new Queue<number>(1);
    const got: number[] = [];
    const put: number[] = [];
    const consumer = function* (): Script<void> {
      got.push(yield* until(queue.get()));
    };
    const producer = (item: number) =>
      function* (): Script<void> {
        yield* until(queue.put(item));
        put.push(item);
      };
    return {
      tasks: [consumer, consumer, producer(1), producer(2), producer(3), consumer],
      check: (tasks) => {
        const getters = tasks.filter((task, n) => !task.done() && [0, 1, 5].includes(n)).length;
        const putters = tasks.filter((task, n) => !task.done() && [2, 3, 4].includes(n)).length;
        expect(getters === 0 || queue.empty()).toBe(true);
        expect(putters === 0 || queue.full()).toBe(true);
        while (!queue.empty()) got.push(queue.getNowait());
        const fromPutters = got.filter((item) => !put.includes(item));
        expect(fromPutters.length).toBeLessThanOrEqual(putters);
      },
    };
  },

  'HL-046 a barrier': () => {
    const barrier = new Barrier(2);
    const job = () => until(barrier.wait());
    return {
      tasks: [job, job, job, job],
      check: (tasks) => {
        // Whoever is left has no partner.
        const left = tasks.filter((task) => !task.done()).length;
        expect(left).toBe(barrier.nWaiting);
        expect(left).toBeLessThanOrEqual(1);
        expect(barrier.broken).toBe(false);
      },
    };
  },
};

describe.each(styles)('cancellation in every iteration ($style)', ({ body }) => {
  it.each(Object.entries(scenarios))('%s loses nothing', (_name, make) =>
    runVirtual(
      body(function* () {
        for (const cancels of plans(make().tasks.length)) {
          const { tasks: scripts, check } = make();
          const tasks = scripts.map((script) => createTask(body(script)));
          for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
            for (const [victim, when] of cancels) {
              if (when === iteration) tasks[victim]?.cancel();
            }
            yield* until(sleep(0));
          }
          yield* until(sleep(1));
          check(tasks);
          for (const task of tasks) task.cancel();
          yield* until(gather(...tasks, { returnExceptions: true }));
        }
      }),
    ),
  );
});

/** Nobody cancelled, each task in each iteration, and each pair of tasks in the same or the next. */
function* plans(tasks: number): Iterable<readonly (readonly [victim: number, when: number])[]> {
  yield [];
  for (let when = 0; when < ITERATIONS; when += 1) {
    for (let victim = 0; victim < tasks; victim += 1) {
      yield [[victim, when]];
      for (let other = 0; other < tasks; other += 1) {
        if (other === victim) continue;
        yield [
          [victim, when],
          [other, when],
        ];
        yield [
          [victim, when],
          [other, when + 1],
        ];
      }
    }
  }
}
