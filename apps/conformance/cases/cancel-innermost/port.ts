// The cancellation enters at the innermost coroutine and leaves through each finally.
import { type Coroutine, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* level(n: number): Coroutine<void> {
    try {
      if (n > 0) yield* level(n - 1);
      else yield* sleep(10);
    } catch (error) {
      print('level', n, repr(error));
      throw error;
    } finally {
      print('finally', n);
      yield* sleep(0);
      print('left', n);
    }
  }

  function* main() {
    const task = loop.createTask(level(3));
    yield* sleep(0);
    task.cancel('inwards');
    try {
      yield* task;
    } catch (error) {
      print('main', repr(error));
    }
  }

  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function level(n: number): Promise<void> {
    try {
      if (n > 0) await level(n - 1);
      else await sleep(10);
    } catch (error) {
      print('level', n, repr(error));
      throw error;
    } finally {
      print('finally', n);
      await sleep(0);
      print('left', n);
    }
  }

  async function main() {
    const task = loop.createTask(() => level(3));
    await sleep(0);
    task.cancel('inwards');
    try {
      await task;
    } catch (error) {
      print('main', repr(error));
    }
  }

  const loop = virtualLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
