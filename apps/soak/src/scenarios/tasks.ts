import {
  CancelledError,
  createTask,
  gather,
  getRunningLoop,
  Lock,
  Queue,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
} from '@loop/core';
import { expectEqual, type Scenario, Surprise } from '../scenario.ts';

export const taskScenarios: readonly Scenario[] = [
  {
    name: 'timers',
    weight: 8,
    async run({ loop }, random) {
      const due: number[] = [];
      const done = loop.createFuture<void>();
      const count = random.integer(10, 200);
      let left = count;
      const timers = Array.from({ length: count }, () => {
        const when = loop.time() + random.next() / 20;
        return loop.callAt(when, () => {
          due.push(when);
          left -= 1;
          if (left === 0 && !done.done()) done.setResult();
        });
      });
      for (const timer of timers) {
        if (!random.chance(0.3)) continue;
        timer.cancel();
        left -= 1;
      }
      if (left === 0) done.setResult();
      try {
        await done;
      } finally {
        for (const timer of timers) timer.cancel();
      }
      const sorted = due.toSorted((a, b) => a - b);
      expectEqual(due.join(), sorted.join(), 'the order of timers');
    },
  },
  {
    name: 'cancelled group',
    weight: 8,
    async run(_, random) {
      let entered = 0;
      let left = 0;
      const work = async (depth: number): Promise<void> => {
        entered += 1;
        try {
          if (depth === 0) await sleep(random.next() / 50);
          else
            await gather(
              () => work(depth - 1),
              () => work(depth - 1),
            );
        } finally {
          left += 1;
        }
      };
      try {
        await timeout(random.next() / 50, () =>
          TaskGroup.run(async (group) => {
            for (let width = random.integer(1, 5); width > 0; width--) {
              void group.createTask(() => work(random.integer(0, 4)));
            }
          }),
        );
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
      // As in the reference, gather does not wait for the rest once a first one was cancelled.
      for (let turns = 0; left < entered && turns < 50; turns++) await sleep(0);
      expectEqual(left, entered, 'the number of tasks that left');
    },
  },
  {
    name: 'queue',
    weight: 5,
    async run(_, random) {
      const queue = new Queue<number>(random.integer(1, 10));
      const lock = new Lock();
      const count = random.integer(1, 300);
      let sum = 0;
      await TaskGroup.run(async (group) => {
        for (let consumers = random.integer(1, 4); consumers > 0; consumers--) {
          void group.createTask(async () => {
            for await (const item of queue) {
              using _held = await lock.acquire();
              const before = sum;
              await sleep(0);
              sum = before + item;
            }
          });
        }
        for (let item = 1; item <= count; item++) await queue.put(item);
        queue.shutdown();
      });
      expectEqual(sum, (count * (count + 1)) / 2, 'the sum of a queue');
    },
  },
  {
    name: 'refuses to be cancelled',
    weight: 3,
    async run() {
      const stubborn = createTask(async () => {
        try {
          await sleep(60);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
        }
        await sleep(0);
        return 'stayed';
      });
      await sleep(0);
      stubborn.cancel();
      try {
        expectEqual(await stubborn, 'stayed', 'a task that caught its cancellation');
      } finally {
        stubborn.cancel();
      }
    },
  },
  {
    name: 'a callback throws',
    weight: 2,
    async run({ loop }) {
      const reached = loop.createFuture<void>();
      const mark = new Error('on purpose');
      loop.callSoon(() => {
        throw mark;
      });
      loop.callSoon(() => reached.done() || reached.setResult());
      await reached;
      if (getRunningLoop() !== loop) throw new Surprise('another loop runs');
    },
  },
];
