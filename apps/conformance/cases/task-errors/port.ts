// An error ends its task alone; each awaiter gets the same object.
import { newEventLoop, sleep, type Task, ValueError } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* fails() {
    yield* sleep(0);
    throw boom;
  }

  function* awaiter(name: string) {
    for (let n = 0; n < 2; n++) {
      try {
        yield* task;
      } catch (error) {
        print(name, error === boom);
      }
    }
  }

  function* main() {
    task = loop.createTask(fails());
    const awaiters = ['a', 'b'].map((name) => loop.createTask(awaiter(name)));
    for (const other of awaiters) yield* other;
    print(task.done(), task.cancelled(), task.exception() === boom);
  }

  let task: Task<void>;
  const boom = new ValueError('boom');
  const loop = newEventLoop();
  loop.setExceptionHandler(() => print('never printed'));
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function fails() {
    await sleep(0);
    throw boom;
  }

  async function awaiter(name: string) {
    for (let n = 0; n < 2; n++) {
      try {
        await task;
      } catch (error) {
        print(name, error === boom);
      }
    }
  }

  async function main() {
    task = loop.createTask(() => fails());
    const awaiters = ['a', 'b'].map((name) => loop.createTask(() => awaiter(name)));
    for (const other of awaiters) await other;
    print(task.done(), task.cancelled(), task.exception() === boom);
  }

  let task: Task<void>;
  const boom = new ValueError('boom');
  const loop = newEventLoop();
  loop.setExceptionHandler(() => print('never printed'));
  await loop.runUntilComplete(main);
  loop.close();
}
