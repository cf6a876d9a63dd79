// A coroutine may catch its cancellation and return, fail, or clean up undisturbed.
import { sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* returns() {
    try {
      yield* sleep(10);
    } catch {
      return 'returned';
    }
    return undefined;
  }

  function* fails() {
    try {
      yield* sleep(10);
    } catch {
      throw new ValueError('failed');
    }
  }

  function* cleans_up() {
    try {
      yield* sleep(10);
    } finally {
      for (let n = 0; n < 3; n++) {
        print('cleaning', n);
        yield* sleep(0);
      }
    }
  }

  function* main() {
    for (const coroutine of [returns, fails, cleans_up]) {
      const task = loop.createTask<unknown>(coroutine);
      yield* sleep(0);
      task.cancel();
      try {
        print(yield* task);
      } catch (error) {
        print(repr(error));
      }
      print(coroutine.name, task.cancelled(), task.cancelling());
    }
  }

  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function returns() {
    try {
      await sleep(10);
    } catch {
      return 'returned';
    }
    return undefined;
  }

  async function fails() {
    try {
      await sleep(10);
    } catch {
      throw new ValueError('failed');
    }
  }

  async function cleans_up() {
    try {
      await sleep(10);
    } finally {
      for (let n = 0; n < 3; n++) {
        print('cleaning', n);
        await sleep(0);
      }
    }
  }

  async function main() {
    for (const coroutine of [returns, fails, cleans_up]) {
      const task = loop.createTask<unknown>(coroutine);
      await sleep(0);
      task.cancel();
      try {
        print(await task);
      } catch (error) {
        print(repr(error));
      }
      print(coroutine.name, task.cancelled(), task.cancelling());
    }
  }

  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
