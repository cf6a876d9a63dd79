// SystemExit raised while handling a cancellation ends the task and leaves the loop.
import { newEventLoop, sleep, SystemExit } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    try {
      yield* loop.createFuture();
    } catch {
      print('cancelled');
      throw new SystemExit(4);
    }
  }

  function* main() {
    yield* sleep(0);
    task.cancel();
    yield* sleep(0);
    print('main goes on in the next run');
    return 'result';
  }

  const loop = newEventLoop();
  const task = loop.createTask(child());
  const outer = loop.createTask(main());
  try {
    await loop.runUntilComplete(outer);
  } catch (error) {
    if (!(error instanceof SystemExit)) throw error;
    print('SystemExit', error.code);
  }
  print(task.done(), task.cancelled(), (task.exception() as SystemExit).code, outer.done());
  print(await loop.runUntilComplete(outer));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    try {
      await loop.createFuture();
    } catch {
      print('cancelled');
      throw new SystemExit(4);
    }
  }

  async function main() {
    await sleep(0);
    task.cancel();
    await sleep(0);
    print('main goes on in the next run');
    return 'result';
  }

  const loop = newEventLoop();
  const task = loop.createTask(() => child());
  const outer = loop.createTask(() => main());
  try {
    await loop.runUntilComplete(outer);
  } catch (error) {
    if (!(error instanceof SystemExit)) throw error;
    print('SystemExit', error.code);
  }
  print(task.done(), task.cancelled(), (task.exception() as SystemExit).code, outer.done());
  print(await loop.runUntilComplete(outer));
  loop.close();
}
