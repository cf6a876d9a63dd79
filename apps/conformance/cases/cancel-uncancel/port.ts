// uncancel() counts requests down; at zero it withdraws what was not delivered yet.
import { currentTask, newEventLoop, sleep, type Task, wait } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    const task = currentTask() as Task;
    print('uncancel', task.uncancel(), task.cancelling());
    print('cancel', task.cancel(), task.cancel(), task.cancelling());
    print('uncancel', task.uncancel());
    print('uncancel', task.uncancel());
    yield* sleep(0);
    print('not cancelled');
    try {
      task.cancel();
      yield* sleep(0);
    } catch {
      print('cancelled', task.cancelling(), task.uncancel());
    }
    return 'result';
  }

  function* cancelled() {
    yield* loop.createFuture();
  }

  function* main() {
    const first = loop.createTask(child());
    print(yield* first, first.cancelled());
    const task = loop.createTask(cancelled());
    yield* sleep(0);
    task.cancel();
    yield* wait([task]);
    print(task.cancelled(), task.cancelling(), task.uncancel(), task.cancelled());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    const task = currentTask() as Task;
    print('uncancel', task.uncancel(), task.cancelling());
    print('cancel', task.cancel(), task.cancel(), task.cancelling());
    print('uncancel', task.uncancel());
    print('uncancel', task.uncancel());
    await sleep(0);
    print('not cancelled');
    try {
      task.cancel();
      await sleep(0);
    } catch {
      print('cancelled', task.cancelling(), task.uncancel());
    }
    return 'result';
  }

  async function cancelled() {
    await loop.createFuture();
  }

  async function main() {
    const first = loop.createTask(() => child());
    print(await first, first.cancelled());
    const task = loop.createTask(() => cancelled());
    await sleep(0);
    task.cancel();
    await wait([task]);
    print(task.cancelled(), task.cancelling(), task.uncancel(), task.cancelled());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
