// What the factory throws comes out of the call that creates the task.
import { ensureFuture, newEventLoop, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function factory(): never {
    throw new ValueError('no tasks today');
  }

  function* child() {
    print('never printed');
  }

  function* main() {
    loop.setTaskFactory(factory);
    for (const create of [() => loop.createTask(child()), () => ensureFuture(child())]) {
      try {
        yield* create();
      } catch (error) {
        print(repr(error));
      }
    }
    loop.setTaskFactory(null);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function factory(): never {
    throw new ValueError('no tasks today');
  }

  async function child() {
    print('never printed');
  }

  async function main() {
    loop.setTaskFactory(factory);
    for (const create of [
      () => loop.createTask(() => child()),
      () => ensureFuture(() => child()),
    ]) {
      try {
        await create();
      } catch (error) {
        print(repr(error));
      }
    }
    loop.setTaskFactory(null);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
