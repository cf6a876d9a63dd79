// When its time is over wait() just returns; cancelled, it leaves the children alone.
import { createTask, run, sleep, wait } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    try {
      yield* sleep(10);
      return 'child';
    } catch (error) {
      print('never printed');
      throw error;
    }
  }

  function* main() {
    const task = createTask(child());
    for (const seconds of [1, 0]) {
      const [done, pending] = yield* wait([task], { timeout: seconds });
      print(done.size, pending.size, pending.has(task));
    }
    const waiter = createTask(() => wait([task]));
    yield* sleep(1);
    waiter.cancel();
    yield* wait([waiter]);
    print(waiter.cancelled(), task.done());
    print(yield* task);
    const [done, pending] = yield* wait(new Set([task]), { timeout: 1 });
    print(done.size, pending.size);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    try {
      await sleep(10);
      return 'child';
    } catch (error) {
      print('never printed');
      throw error;
    }
  }

  async function main() {
    const task = createTask(() => child());
    for (const seconds of [1, 0]) {
      const [done, pending] = await wait([task], { timeout: seconds });
      print(done.size, pending.size, pending.has(task));
    }
    const waiter = createTask(() => wait([task]));
    await sleep(1);
    waiter.cancel();
    await wait([waiter]);
    print(waiter.cancelled(), task.done());
    print(await task);
    const [done, pending] = await wait(new Set([task]), { timeout: 1 });
    print(done.size, pending.size);
  }

  await run(main, { loopFactory: virtualLoop });
}
