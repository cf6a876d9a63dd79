// A task that cancels itself goes on to its next suspension; what is finished does not deliver
// it.
import { currentTask, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* finishedCoroutine() {
    return 'coroutine';
  }

  function* child() {
    print('cancel', currentTask()?.cancel('self'));
    const done = loop.createFuture<string>();
    done.setResult('finished future');
    print(yield* done);
    print(yield* finishedCoroutine());
    const pending = loop.createFuture<string>();
    try {
      yield* pending;
    } catch (error) {
      print('thrown', repr(error), pending.cancelled());
    }
    currentTask()?.cancel('again');
    try {
      yield* sleep(0);
    } catch (error) {
      print('thrown', repr(error));
    }
    return 'survived';
  }

  function* main() {
    const task = loop.createTask(child());
    print(yield* task, task.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function finishedCoroutine() {
    return 'coroutine';
  }

  async function child() {
    print('cancel', currentTask()?.cancel('self'));
    const done = loop.createFuture<string>();
    done.setResult('finished future');
    print(await done);
    print(await finishedCoroutine());
    const pending = loop.createFuture<string>();
    try {
      await pending;
    } catch (error) {
      print('thrown', repr(error), pending.cancelled());
    }
    currentTask()?.cancel('again');
    try {
      await sleep(0);
    } catch (error) {
      print('thrown', repr(error));
    }
    return 'survived';
  }

  async function main() {
    const task = loop.createTask(() => child());
    print(await task, task.cancelling());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
