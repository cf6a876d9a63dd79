// A service that is cancelled drains its queue behind a shield, and ends with its parts.
import { createTask, gather, Queue, shield, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* drain() {
    while (!queue.empty()) {
      print('drained', queue.getNowait());
      yield* sleep(1);
    }
    return 'drained all';
  }

  function* service() {
    try {
      for (;;) {
        print('served', yield* queue.get());
        yield* sleep(2);
      }
    } catch (error) {
      print('service', repr(error));
      print(yield* shield(drain()));
      throw error;
    } finally {
      print('service ended at', (loop.time() - start).toFixed(1));
    }
  }

  function* main() {
    const task = createTask(service());
    for (let item = 0; item < 5; item++) queue.putNowait(item);
    yield* sleep(3);
    task.cancel('shutting down');
    yield* sleep(1.5);
    print('still draining', !task.done());
    print((yield* gather(task, { returnExceptions: true })) && task.cancelled());
  }

  const queue = new Queue<number>();
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function drain() {
    while (!queue.empty()) {
      print('drained', queue.getNowait());
      await sleep(1);
    }
    return 'drained all';
  }

  async function service() {
    try {
      for (;;) {
        print('served', await queue.get());
        await sleep(2);
      }
    } catch (error) {
      print('service', repr(error));
      print(await shield(() => drain()));
      throw error;
    } finally {
      print('service ended at', (loop.time() - start).toFixed(1));
    }
  }

  async function main() {
    const task = createTask(() => service());
    for (let item = 0; item < 5; item++) queue.putNowait(item);
    await sleep(3);
    task.cancel('shutting down');
    await sleep(1.5);
    print('still draining', !task.done());
    print((await gather(task, { returnExceptions: true })) && task.cancelled());
  }

  const queue = new Queue<number>();
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}
