// A block that cancels its own task takes the request back, and leaves those of others alone.
import { currentTask, newEventLoop, sleep, type Task, TimeoutError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  // Cancels its task after two iterations and turns that, and only that, into a TimeoutError.
  function* block(name: string) {
    const task = currentTask() as Task;
    const level = task.cancelling();
    loop.callSoon(() => loop.callSoon(() => task.cancel()));
    try {
      yield* loop.createFuture();
    } catch (error) {
      print(name, 'count', task.cancelling());
      if (task.uncancel() <= level) throw new TimeoutError(name);
      throw error;
    }
  }

  function* child(name: string) {
    try {
      yield* block(name);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      print(repr(error), currentTask()?.cancelling());
    }
    yield* sleep(0);
    return 'went on';
  }

  function* main() {
    print(yield* loop.createTask(child('own')));
    const task = loop.createTask(child('foreign'));
    yield* sleep(0);
    yield* sleep(0);
    task.cancel('from outside');
    try {
      print(yield* task);
    } catch (error) {
      print('main', repr(error), task.cancelling());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  // Cancels its task after two iterations and turns that, and only that, into a TimeoutError.
  async function block(name: string) {
    const task = currentTask() as Task;
    const level = task.cancelling();
    loop.callSoon(() => loop.callSoon(() => task.cancel()));
    try {
      await loop.createFuture();
    } catch (error) {
      print(name, 'count', task.cancelling());
      if (task.uncancel() <= level) throw new TimeoutError(name);
      throw error;
    }
  }

  async function child(name: string) {
    try {
      await block(name);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      print(repr(error), currentTask()?.cancelling());
    }
    await sleep(0);
    return 'went on';
  }

  async function main() {
    print(await loop.createTask(() => child('own')));
    const task = loop.createTask(() => child('foreign'));
    await sleep(0);
    await sleep(0);
    task.cancel('from outside');
    try {
      print(await task);
    } catch (error) {
      print('main', repr(error), task.cancelling());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
