// An eager task is the current one up to its first wait, then its creator is again.
import { allTasks, currentTask, newEventLoop, sleep, Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function names() {
    return [...allTasks()].map((task) => task.getName()).sort();
  }

  function* child(name: string) {
    print(name, 'is', currentTask()?.getName(), 'among', names());
    yield* sleep(0);
    print(name, 'goes on as', currentTask()?.getName());
    return name;
  }

  function* main() {
    currentTask()?.setName('main');
    loop.callSoon(print, 'callback queued before');
    const task = new Task(child('a'), { loop, name: 'A', eagerStart: true });
    print('creator is', currentTask()?.getName(), 'among', names(), task.done());
    loop.callSoon(print, 'callback queued behind');
    const other = new Task(child('b'), { loop, name: 'B', eagerStart: true });
    const lazy = loop.createTask(child('c'), { name: 'C' });
    print(yield* other, yield* task, yield* lazy);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function names() {
    return [...allTasks()].map((task) => task.getName()).sort();
  }

  async function child(name: string) {
    print(name, 'is', currentTask()?.getName(), 'among', names());
    await sleep(0);
    print(name, 'goes on as', currentTask()?.getName());
    return name;
  }

  async function main() {
    currentTask()?.setName('main');
    loop.callSoon(print, 'callback queued before');
    const task = new Task(() => child('a'), { loop, name: 'A', eagerStart: true });
    print('creator is', currentTask()?.getName(), 'among', names(), task.done());
    loop.callSoon(print, 'callback queued behind');
    const other = new Task(() => child('b'), { loop, name: 'B', eagerStart: true });
    const lazy = loop.createTask(() => child('c'), { name: 'C' });
    print(await other, await task, await lazy);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
