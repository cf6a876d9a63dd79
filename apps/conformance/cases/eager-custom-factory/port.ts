// createEagerTaskFactory() makes eager tasks of a class of one's own.
import { createEagerTaskFactory, currentTask, newEventLoop, sleep, Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

class NamedTask<T> extends Task<T> {
  shout() {
    return this.getName().toUpperCase();
  }
}

export async function generator(print: Print): Promise<void> {
  function* child() {
    print('child', currentTask()?.constructor.name);
    yield* sleep(0);
    return 'result';
  }

  function* main() {
    const factory = createEagerTaskFactory(NamedTask);
    loop.setTaskFactory(factory);
    const task = loop.createTask(child(), { name: 'named' }) as NamedTask<string>;
    print('created', task.shout(), loop.getTaskFactory() === factory);
    print(yield* task);
    const madeAlone = factory(loop, child(), {});
    print('made', madeAlone instanceof NamedTask);
    print(yield* madeAlone);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    print('child', currentTask()?.constructor.name);
    await sleep(0);
    return 'result';
  }

  async function main() {
    const factory = createEagerTaskFactory(NamedTask);
    loop.setTaskFactory(factory);
    const task = loop.createTask(() => child(), { name: 'named' }) as NamedTask<string>;
    print('created', task.shout(), loop.getTaskFactory() === factory);
    print(await task);
    const madeAlone = factory(loop, () => child(), {});
    print('made', madeAlone instanceof NamedTask);
    print(await madeAlone);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
