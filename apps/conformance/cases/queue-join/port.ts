// join() waits until taskDone() was called for each item.
import { createTask, getRunningLoop, Queue, run, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* worker() {
    for (;;) {
      const item = yield* queue.get();
      yield* sleep(item);
      print('done', item);
      queue.taskDone();
    }
  }

  function* main() {
    const start = getRunningLoop().time();
    yield* queue.join();
    print('nothing to wait for');
    for (const item of [4, 1, 2]) queue.putNowait(item);
    const workers = [createTask(worker()), createTask(worker())];
    yield* queue.join();
    print('joined at', (getRunningLoop().time() - start).toFixed(1));
    for (const task of workers) task.cancel();
    try {
      queue.taskDone();
    } catch (error) {
      print(repr(error));
    }
  }

  const queue = new Queue<number>();
  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function worker() {
    for (;;) {
      const item = await queue.get();
      await sleep(item);
      print('done', item);
      queue.taskDone();
    }
  }

  async function main() {
    const start = getRunningLoop().time();
    await queue.join();
    print('nothing to wait for');
    for (const item of [4, 1, 2]) queue.putNowait(item);
    const workers = [createTask(() => worker()), createTask(() => worker())];
    await queue.join();
    print('joined at', (getRunningLoop().time() - start).toFixed(1));
    for (const task of workers) task.cancel();
    try {
      queue.taskDone();
    } catch (error) {
      print(repr(error));
    }
  }

  const queue = new Queue<number>();
  await run(main, { loopFactory: virtualLoop });
}
