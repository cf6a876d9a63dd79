// A waiter that is cancelled after it was notified passes the notification on, and holds the
// lock while it ends.
import { Condition, createTask, Lock, run, sleep, wait } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* waiter(name: string) {
    using _ = yield* condition.acquire();
    try {
      yield* condition.wait();
      print(name, 'notified');
    } catch (error) {
      print(name, repr(error), lock.locked());
      throw error;
    }
  }

  function* main() {
    const tasks = ['a', 'b'].map((name) => createTask(waiter(name)));
    yield* sleep(0);
    yield* sleep(0);
    {
      using _ = yield* lock.acquire();
      condition.notify();
      tasks[0]?.cancel('too late');
    }
    yield* wait(tasks);
    print(
      tasks.map((task) => task.cancelled()),
      lock.locked(),
    );
    const task = createTask(waiter('c'));
    yield* sleep(0);
    yield* sleep(0);
    yield* lock.acquire();
    task.cancel('while the lock is held');
    yield* sleep(0);
    print('not yet', task.done());
    lock.release();
    yield* wait([task]);
    print(task.cancelled());
  }

  const lock = new Lock();
  const condition = new Condition(lock);
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function waiter(name: string) {
    using _ = await condition.acquire();
    try {
      await condition.wait();
      print(name, 'notified');
    } catch (error) {
      print(name, repr(error), lock.locked());
      throw error;
    }
  }

  async function main() {
    const tasks = ['a', 'b'].map((name) => createTask(() => waiter(name)));
    await sleep(0);
    await sleep(0);
    {
      using _ = await lock.acquire();
      condition.notify();
      tasks[0]?.cancel('too late');
    }
    await wait(tasks);
    print(
      tasks.map((task) => task.cancelled()),
      lock.locked(),
    );
    const task = createTask(() => waiter('c'));
    await sleep(0);
    await sleep(0);
    await lock.acquire();
    task.cancel('while the lock is held');
    await sleep(0);
    print('not yet', task.done());
    lock.release();
    await wait([task]);
    print(task.cancelled());
  }

  const lock = new Lock();
  const condition = new Condition(lock);
  await run(main);
}
