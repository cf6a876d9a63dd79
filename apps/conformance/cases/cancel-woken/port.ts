// A task that was woken but has not run yet gets the cancellation, not the result.
import { newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* waiter() {
    try {
      print('got', yield* future);
    } catch (error) {
      print('thrown', repr(error));
      print('awaiting again gives', yield* future);
      throw error;
    }
  }

  function* main() {
    const task = loop.createTask(waiter());
    yield* sleep(0);
    future.setResult('value');
    print(task.cancel('late'), future.cancelled());
    try {
      yield* task;
    } catch (error) {
      print('awaiter', repr(error), task.cancelled(), future.result());
    }
  }

  const loop = newEventLoop();
  const future = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function waiter() {
    try {
      print('got', await future);
    } catch (error) {
      print('thrown', repr(error));
      print('awaiting again gives', await future);
      throw error;
    }
  }

  async function main() {
    const task = loop.createTask(() => waiter());
    await sleep(0);
    future.setResult('value');
    print(task.cancel('late'), future.cancelled());
    try {
      await task;
    } catch (error) {
      print('awaiter', repr(error), task.cancelled(), future.result());
    }
  }

  const loop = newEventLoop();
  const future = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}
