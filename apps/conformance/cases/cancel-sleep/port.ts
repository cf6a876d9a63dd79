// Cancelling a sleeping task takes its timer back.
import { sleep, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* sleeper() {
    try {
      yield* sleep(1000);
    } catch (error) {
      print('woken at', (loop.time() - start).toFixed(1));
      throw error;
    }
  }

  function* main() {
    const task = loop.createTask(sleeper());
    yield* sleep(1);
    task.cancel();
    yield* wait([task]);
    print(task.cancelled());
    try {
      yield* sleep(NaN);
    } catch (error) {
      print(className(error));
    }
    print(yield* sleep(2, 'slept'), (loop.time() - start).toFixed(1));
  }

  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function sleeper() {
    try {
      await sleep(1000);
    } catch (error) {
      print('woken at', (loop.time() - start).toFixed(1));
      throw error;
    }
  }

  async function main() {
    const task = loop.createTask(() => sleeper());
    await sleep(1);
    task.cancel();
    await wait([task]);
    print(task.cancelled());
    try {
      await sleep(NaN);
    } catch (error) {
      print(className(error));
    }
    print(await sleep(2, 'slept'), (loop.time() - start).toFixed(1));
  }

  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}
