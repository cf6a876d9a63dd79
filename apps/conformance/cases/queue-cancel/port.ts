// Cancelling who waits loses neither an item nor a slot.
import { createTask, Queue, run, sleep, wait } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* getter(name: string) {
    try {
      print(name, 'got', yield* queue.get());
    } catch (error) {
      print(name, 'cancelled');
      throw error;
    }
  }

  function* putter(item: string) {
    yield* queue.put(item);
    print('put', item);
  }

  function* main() {
    let tasks = ['a', 'b', 'c'].map((name) => createTask(getter(name)));
    yield* sleep(0);
    tasks[1]?.cancel();
    yield* sleep(0);
    queue.putNowait('item');
    tasks[0]?.cancel();
    yield* wait(tasks);
    queue.putNowait('full');
    tasks = ['x', 'y', 'z'].map((item) => createTask(putter(item)));
    yield* sleep(0);
    print('taken', queue.getNowait());
    tasks[0]?.cancel();
    yield* wait(tasks.slice(0, 2));
    print('taken', yield* queue.get(), yield* queue.get(), queue.qsize());
    print(tasks.map((task) => task.cancelled()));
  }

  const queue = new Queue<string>(1);
  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function getter(name: string) {
    try {
      print(name, 'got', await queue.get());
    } catch (error) {
      print(name, 'cancelled');
      throw error;
    }
  }

  async function putter(item: string) {
    await queue.put(item);
    print('put', item);
  }

  async function main() {
    let tasks = ['a', 'b', 'c'].map((name) => createTask(() => getter(name)));
    await sleep(0);
    tasks[1]?.cancel();
    await sleep(0);
    queue.putNowait('item');
    tasks[0]?.cancel();
    await wait(tasks);
    queue.putNowait('full');
    tasks = ['x', 'y', 'z'].map((item) => createTask(() => putter(item)));
    await sleep(0);
    print('taken', queue.getNowait());
    tasks[0]?.cancel();
    await wait(tasks.slice(0, 2));
    print('taken', await queue.get(), await queue.get(), queue.qsize());
    print(tasks.map((task) => task.cancelled()));
  }

  const queue = new Queue<string>(1);
  await run(main);
}
