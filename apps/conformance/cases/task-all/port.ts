// allTasks() holds the unfinished tasks of one loop.
import { allTasks, currentTask, newEventLoop, sleep, type Task } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function names(tasks: Iterable<Task>) {
    return [...tasks].map((task) => task.getName()).sort();
  }

  function* child(steps: number) {
    for (let n = 0; n < steps; n++) yield* sleep(0);
  }

  function* main() {
    currentTask()?.setName('main');
    const first = loop.createTask(child(0), { name: 'first' });
    const second = loop.createTask(child(2), { name: 'second' });
    print(names(allTasks()));
    yield* first;
    print(names(allTasks()));
    yield* second;
    print(names(allTasks(loop)), names(allTasks(other)));
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  const foreign = other.createTask(child(1), { name: 'foreign' });
  await loop.runUntilComplete(main);
  print(names(allTasks(loop)), names(allTasks(other)));
  try {
    allTasks();
  } catch (error) {
    print(repr(error));
  }
  await other.runUntilComplete(foreign);
  print(names(allTasks(other)));
  loop.close();
  other.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function names(tasks: Iterable<Task>) {
    return [...tasks].map((task) => task.getName()).sort();
  }

  async function child(steps: number) {
    for (let n = 0; n < steps; n++) await sleep(0);
  }

  async function main() {
    currentTask()?.setName('main');
    const first = loop.createTask(() => child(0), { name: 'first' });
    const second = loop.createTask(() => child(2), { name: 'second' });
    print(names(allTasks()));
    await first;
    print(names(allTasks()));
    await second;
    print(names(allTasks(loop)), names(allTasks(other)));
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  const foreign = other.createTask(() => child(1), { name: 'foreign' });
  await loop.runUntilComplete(main);
  print(names(allTasks(loop)), names(allTasks(other)));
  try {
    allTasks();
  } catch (error) {
    print(repr(error));
  }
  await other.runUntilComplete(foreign);
  print(names(allTasks(other)));
  loop.close();
  other.close();
}
