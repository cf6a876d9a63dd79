// An eager task that is done cannot be cancelled; one that waits is cancelled at its wait.
import { newEventLoop, sleep, Task } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* doneAtOnce() {
    return 'result';
  }

  function* waits() {
    try {
      yield* loop.createFuture();
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    }
  }

  function* main() {
    const done = new Task(doneAtOnce(), { loop, eagerStart: true });
    yield* sleep(0);
    print(done.cancel(), done.cancelled(), yield* done);
    const task = new Task(waits(), { loop, eagerStart: true });
    print(task.cancel('why'), task.cancelled());
    try {
      yield* task;
    } catch (error) {
      print('awaiter', repr(error), task.cancelled());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function doneAtOnce() {
    return 'result';
  }

  async function waits() {
    try {
      await loop.createFuture();
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    }
  }

  async function main() {
    const done = new Task(() => doneAtOnce(), { loop, eagerStart: true });
    await sleep(0);
    print(done.cancel(), done.cancelled(), await done);
    const task = new Task(() => waits(), { loop, eagerStart: true });
    print(task.cancel('why'), task.cancelled());
    try {
      await task;
    } catch (error) {
      print('awaiter', repr(error), task.cancelled());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
