// If somebody else cancels the awaited future, its awaiter is cancelled too, without a request.
import { currentTask, type Future, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* awaiter(catches: boolean, future: Future) {
    try {
      yield* future;
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
      if (!catches) throw error;
    }
    return 'caught';
  }

  function* main() {
    for (const catches of [true, false]) {
      const future = loop.createFuture();
      const task = loop.createTask(awaiter(catches, future));
      yield* sleep(0);
      future.cancel('the future');
      try {
        print(yield* task);
      } catch (error) {
        print('main', repr(error));
      }
      print(task.cancelled(), task.cancelling(), currentTask()?.cancelling());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function awaiter(catches: boolean, future: Future) {
    try {
      await future;
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
      if (!catches) throw error;
    }
    return 'caught';
  }

  async function main() {
    for (const catches of [true, false]) {
      const future = loop.createFuture();
      const task = loop.createTask(() => awaiter(catches, future));
      await sleep(0);
      future.cancel('the future');
      try {
        print(await task);
      } catch (error) {
        print('main', repr(error));
      }
      print(task.cancelled(), task.cancelling(), currentTask()?.cancelling());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
