// A waiter that is cancelled, even when it was just chosen, passes the lock on.
import { createTask, Lock, run, sleep, wait } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* waiter(name: string) {
    try {
      using _ = yield* lock.acquire();
      print(name, 'has it');
    } catch (error) {
      print(name, 'cancelled');
      throw error;
    }
  }

  function* main() {
    yield* lock.acquire();
    const tasks = ['a', 'b', 'c', 'd'].map((name) => createTask(waiter(name)));
    yield* sleep(0);
    tasks[1]?.cancel();
    yield* sleep(0);
    lock.release();
    tasks[0]?.cancel();
    yield* wait(tasks);
    print(
      tasks.map((task) => task.cancelled()),
      lock.locked(),
    );
  }

  const lock = new Lock();
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function waiter(name: string) {
    try {
      using _ = await lock.acquire();
      print(name, 'has it');
    } catch (error) {
      print(name, 'cancelled');
      throw error;
    }
  }

  async function main() {
    await lock.acquire();
    const tasks = ['a', 'b', 'c', 'd'].map((name) => createTask(() => waiter(name)));
    await sleep(0);
    tasks[1]?.cancel();
    await sleep(0);
    lock.release();
    tasks[0]?.cancel();
    await wait(tasks);
    print(
      tasks.map((task) => task.cancelled()),
      lock.locked(),
    );
  }

  const lock = new Lock();
  await run(main);
}
