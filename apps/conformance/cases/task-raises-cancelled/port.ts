// CancelledError that leaves a coroutine makes its task cancelled, though nobody asked for it.
import { CancelledError, currentTask, newEventLoop } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* givesUp() {
    throw new CancelledError('on its own');
  }

  function* main() {
    const task = loop.createTask(givesUp());
    try {
      yield* task;
    } catch (error) {
      print(repr(error));
    }
    print(task.done(), task.cancelled(), task.cancelling());
    print('main', currentTask()?.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function givesUp() {
    throw new CancelledError('on its own');
  }

  async function main() {
    const task = loop.createTask(() => givesUp());
    try {
      await task;
    } catch (error) {
      print(repr(error));
    }
    print(task.done(), task.cancelled(), task.cancelling());
    print('main', currentTask()?.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
