// Eager tasks that create eager tasks run depth first, each as itself.
import { allTasks, type Coroutine, currentTask, newEventLoop, sleep, Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child(depth: number): Coroutine<void> {
    const name = currentTask()?.getName();
    print('enter', name);
    if (depth > 0) {
      const task = new Task(child(depth - 1), { loop, name: `${name}.${depth}`, eagerStart: true });
      print('back in', currentTask()?.getName());
      yield* task;
    }
    yield* sleep(0);
    print('leave', currentTask()?.getName());
  }

  function* main() {
    yield* new Task(child(2), { loop, name: 'root', eagerStart: true });
    print('all', allTasks().size);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(depth: number): Promise<void> {
    const name = currentTask()?.getName();
    print('enter', name);
    if (depth > 0) {
      const task = new Task(() => child(depth - 1), {
        loop,
        name: `${name}.${depth}`,
        eagerStart: true,
      });
      print('back in', currentTask()?.getName());
      await task;
    }
    await sleep(0);
    print('leave', currentTask()?.getName());
  }

  async function main() {
    await new Task(() => child(2), { loop, name: 'root', eagerStart: true });
    print('all', allTasks().size);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
