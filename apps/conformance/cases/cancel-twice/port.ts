// Two requests before the task runs are one cancellation; one during the cleanup is another.
import { currentTask, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    try {
      yield* loop.createFuture();
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
    }
    try {
      yield* sleep(0);
      print('undisturbed');
      yield* loop.createFuture();
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
    }
    return 'result';
  }

  function* main() {
    const task = loop.createTask(child());
    yield* sleep(0);
    print(task.cancel('first'), task.cancel('second'), task.cancelling());
    yield* sleep(0);
    yield* sleep(0);
    print(task.cancel('third'), task.cancelling());
    print(yield* task, task.cancelled(), task.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    try {
      await loop.createFuture();
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
    }
    try {
      await sleep(0);
      print('undisturbed');
      await loop.createFuture();
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
    }
    return 'result';
  }

  async function main() {
    const task = loop.createTask(() => child());
    await sleep(0);
    print(task.cancel('first'), task.cancel('second'), task.cancelling());
    await sleep(0);
    await sleep(0);
    print(task.cancel('third'), task.cancelling());
    print(await task, task.cancelled(), task.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
