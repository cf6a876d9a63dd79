// A task that cancels itself and then ends is cancelled, unless it ends with another error.
import { currentTask, newEventLoop, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* returns() {
    currentTask()?.cancel('at the end');
    return 'discarded';
  }

  function* raises() {
    currentTask()?.cancel();
    throw new ValueError('kept');
  }

  function* main() {
    for (const coroutine of [returns, raises]) {
      const task = loop.createTask<unknown>(coroutine);
      try {
        print(yield* task);
      } catch (error) {
        print(repr(error), task.cancelled());
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function returns() {
    currentTask()?.cancel('at the end');
    return 'discarded';
  }

  async function raises() {
    currentTask()?.cancel();
    throw new ValueError('kept');
  }

  async function main() {
    for (const coroutine of [returns, raises]) {
      const task = loop.createTask<unknown>(coroutine);
      try {
        print(await task);
      } catch (error) {
        print(repr(error), task.cancelled());
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
