// ensureFuture() hands over futures, makes tasks of coroutines, and refuses the rest.
import {
  currentTask,
  ensureFuture,
  Future,
  isFuture,
  newEventLoop,
  Task,
  wrapFuture,
} from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    return 'result';
  }

  function* main() {
    const future = loop.createFuture();
    print(isFuture(future), isFuture(currentTask()), isFuture(5));
    print(isFuture(Future), isFuture({}));
    print(ensureFuture(future) === future, wrapFuture(future) === future);
    const task = ensureFuture(coroutine());
    print(task instanceof Task, task.getLoop() === loop, yield* task);
    for (const value of [5, 'text', null]) {
      try {
        yield* ensureFuture(value as never);
      } catch (error) {
        print(className(error));
      }
    }
    try {
      yield* ensureFuture(other.createFuture(), { loop });
    } catch (error) {
      print(className(error));
    }
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  const task = ensureFuture(coroutine(), { loop: other });
  print(await other.runUntilComplete(task), task.getLoop() === other);
  other.close();
  loop.close();
  try {
    await ensureFuture(coroutine(), { loop: other });
  } catch (error) {
    print(repr(error));
  }
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    return 'result';
  }

  async function main() {
    const future = loop.createFuture();
    print(isFuture(future), isFuture(currentTask()), isFuture(5));
    print(isFuture(Future), isFuture({}));
    print(ensureFuture(future) === future, wrapFuture(future) === future);
    const task = ensureFuture(() => coroutine());
    print(task instanceof Task, task.getLoop() === loop, await task);
    for (const value of [5, 'text', null]) {
      try {
        await ensureFuture(value as never);
      } catch (error) {
        print(className(error));
      }
    }
    try {
      await ensureFuture(other.createFuture(), { loop });
    } catch (error) {
      print(className(error));
    }
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  const task = ensureFuture(() => coroutine(), { loop: other });
  print(await other.runUntilComplete(task), task.getLoop() === other);
  other.close();
  loop.close();
  try {
    await ensureFuture(() => coroutine(), { loop: other });
  } catch (error) {
    print(repr(error));
  }
}
