// On a loop that is not running an eager task starts as any other.
import { eagerTaskFactory, newEventLoop, Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    print(name);
    return name;
  }

  const loop = newEventLoop();
  loop.setTaskFactory(eagerTaskFactory);
  const task = loop.createTask(child('from the factory'));
  const other = new Task(child('asked for'), { loop, eagerStart: true });
  print('created', task.done(), other.done());
  await loop.runUntilComplete(other);
  print(task.result(), other.result());
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    print(name);
    return name;
  }

  const loop = newEventLoop();
  loop.setTaskFactory(eagerTaskFactory);
  const task = loop.createTask(() => child('from the factory'));
  const other = new Task(() => child('asked for'), { loop, eagerStart: true });
  print('created', task.done(), other.done());
  await loop.runUntilComplete(other);
  print(task.result(), other.result());
  loop.close();
}
