// cancel() cancels the awaited future at once; the task gets the error in the next iteration.
import { currentTask, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  function* waiter() {
    try {
      yield* future;
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
      throw error;
    }
  }

  function* main() {
    const task = loop.createTask(waiter());
    task.addDoneCallback(() => print('done callback'));
    yield* sleep(0);
    loop.callSoon(tick, 1);
    print('cancel', task.cancel('why'), task.cancelled(), task.cancelling());
    print('future', future.cancelled());
    try {
      yield* task;
    } catch (error) {
      print('awaiter', repr(error));
    }
    print('cancelled', task.cancelled(), task.cancel(), task.cancelling());
    yield* sleep(0);
  }

  const loop = newEventLoop();
  const future = loop.createFuture();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  async function waiter() {
    try {
      await future;
    } catch (error) {
      print('thrown', repr(error), currentTask()?.cancelling());
      throw error;
    }
  }

  async function main() {
    const task = loop.createTask(() => waiter());
    task.addDoneCallback(() => print('done callback'));
    await sleep(0);
    loop.callSoon(tick, 1);
    print('cancel', task.cancel('why'), task.cancelled(), task.cancelling());
    print('future', future.cancelled());
    try {
      await task;
    } catch (error) {
      print('awaiter', repr(error));
    }
    print('cancelled', task.cancelled(), task.cancel(), task.cancelling());
    await sleep(0);
  }

  const loop = newEventLoop();
  const future = loop.createFuture();
  await loop.runUntilComplete(main);
  loop.close();
}
