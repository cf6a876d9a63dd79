// notify() wakes waiters in order; each goes on once it holds the lock again.
import { Condition, createTask, run, sleep, wait } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* waiter(name: string) {
    using _ = yield* condition.acquire();
    print(name, 'waits');
    print(name, yield* condition.wait(), condition.locked());
    yield* sleep(0);
    print(name, 'leaves');
  }

  function* counter() {
    using _ = yield* condition.acquire();
    print('predicate', yield* condition.waitFor(() => items.length >= 2 && items.at(-1)));
  }

  function* main() {
    for (const operation of [() => condition.notify(), () => condition.notifyAll()]) {
      try {
        operation();
      } catch (error) {
        print(repr(error));
      }
    }
    try {
      yield* condition.wait();
    } catch (error) {
      print(repr(error));
    }
    const tasks = ['a', 'b', 'c', 'd'].map((name) => createTask(waiter(name)));
    yield* sleep(0);
    yield* sleep(0);
    {
      using _ = yield* condition.acquire();
      condition.notify(2);
      print('notified two');
      yield* sleep(0);
      print('still holding');
    }
    yield* wait(tasks.slice(0, 2));
    print(tasks.map((task) => task.done()));
    {
      using _ = yield* condition.acquire();
      condition.notifyAll();
    }
    yield* wait(tasks);
    const task = createTask(counter());
    for (const item of ['x', 'y']) {
      yield* sleep(0);
      using _ = yield* condition.acquire();
      items.push(item);
      condition.notify();
      print('added', item);
    }
    yield* task;
  }

  const items: string[] = [];
  const condition = new Condition();
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function waiter(name: string) {
    using _ = await condition.acquire();
    print(name, 'waits');
    print(name, await condition.wait(), condition.locked());
    await sleep(0);
    print(name, 'leaves');
  }

  async function counter() {
    using _ = await condition.acquire();
    print('predicate', await condition.waitFor(() => items.length >= 2 && items.at(-1)));
  }

  async function main() {
    for (const operation of [() => condition.notify(), () => condition.notifyAll()]) {
      try {
        operation();
      } catch (error) {
        print(repr(error));
      }
    }
    try {
      await condition.wait();
    } catch (error) {
      print(repr(error));
    }
    const tasks = ['a', 'b', 'c', 'd'].map((name) => createTask(() => waiter(name)));
    await sleep(0);
    await sleep(0);
    {
      using _ = await condition.acquire();
      condition.notify(2);
      print('notified two');
      await sleep(0);
      print('still holding');
    }
    await wait(tasks.slice(0, 2));
    print(tasks.map((task) => task.done()));
    {
      using _ = await condition.acquire();
      condition.notifyAll();
    }
    await wait(tasks);
    const task = createTask(() => counter());
    for (const item of ['x', 'y']) {
      await sleep(0);
      using _ = await condition.acquire();
      items.push(item);
      condition.notify();
      print('added', item);
    }
    await task;
  }

  const items: string[] = [];
  const condition = new Condition();
  await run(main);
}
