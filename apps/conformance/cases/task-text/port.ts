// The text form of a task tells its state.
import { newEventLoop, sleep, type Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function state(task: Task<void>) {
    return String(task).split(' coro=')[0];
  }

  function* child() {
    yield* sleep(0);
  }

  function* main() {
    let task = loop.createTask(child(), { name: 'T' });
    print(state(task));
    yield* sleep(0);
    task.cancel();
    print(state(task));
    yield* sleep(0);
    print(state(task));
    task = loop.createTask(child(), { name: 'U' });
    yield* task;
    print(state(task));
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function state(task: Task<void>) {
    return String(task).split(' coro=')[0];
  }

  async function child() {
    await sleep(0);
  }

  async function main() {
    let task = loop.createTask(() => child(), { name: 'T' });
    print(state(task));
    await sleep(0);
    task.cancel();
    print(state(task));
    await sleep(0);
    print(state(task));
    task = loop.createTask(() => child(), { name: 'U' });
    await task;
    print(state(task));
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
