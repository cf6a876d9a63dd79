// Workers share a queue, and are cancelled when it is empty.
import { createTask, gather, Queue, sleep } from '@loop/core';
import { className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function now() {
    return (loop.time() - start).toFixed(1);
  }

  function* worker(name: string) {
    for (;;) {
      const item = yield* queue.get();
      print(name, 'begins', item, 'at', now());
      yield* sleep(item);
      queue.taskDone();
      results.push([name, item]);
    }
  }

  function* main() {
    const workers = [createTask(worker('a')), createTask(worker('b')), createTask(worker('c'))];
    for (const item of [5, 3, 1, 2.5, 4.5, 0.5]) {
      yield* queue.put(item);
    }
    yield* queue.join();
    print('joined at', now());
    for (const task of workers) task.cancel();
    const ended = yield* gather(...workers, { returnExceptions: true });
    print(ended.map(className));
    print(results);
  }

  const results: unknown[] = [];
  const queue = new Queue<number>(2);
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function now() {
    return (loop.time() - start).toFixed(1);
  }

  async function worker(name: string) {
    for (;;) {
      const item = await queue.get();
      print(name, 'begins', item, 'at', now());
      await sleep(item);
      queue.taskDone();
      results.push([name, item]);
    }
  }

  async function main() {
    const workers = [
      createTask(() => worker('a')),
      createTask(() => worker('b')),
      createTask(() => worker('c')),
    ];
    for (const item of [5, 3, 1, 2.5, 4.5, 0.5]) {
      await queue.put(item);
    }
    await queue.join();
    print('joined at', now());
    for (const task of workers) task.cancel();
    const ended = await gather(...workers, { returnExceptions: true });
    print(ended.map(className));
    print(results);
  }

  const results: unknown[] = [];
  const queue = new Queue<number>(2);
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}
