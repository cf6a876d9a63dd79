// KeyboardInterrupt in a coroutine ends the run, is stored in the task, and is not reported.
import { KeyboardInterrupt, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* interrupted() {
    print('started');
    yield* sleep(0);
    throw new KeyboardInterrupt();
  }

  function* bystander() {
    try {
      yield* sleep(0);
      yield* sleep(0);
      print('bystander went on');
    } finally {
      print('bystander ended');
    }
  }

  const loop = newEventLoop();
  loop.setExceptionHandler((_loop, context) => print('handler', context.message));
  try {
    await loop.runUntilComplete(interrupted);
  } catch (error) {
    print('first', repr(error));
  }
  const task = loop.createTask(interrupted());
  const other = loop.createTask(bystander());
  try {
    await loop.runUntilComplete(other);
  } catch (error) {
    print('second', repr(error), error === task.exception());
  }
  print('bystander done', other.done());
  await loop.runUntilComplete(other);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function interrupted() {
    print('started');
    await sleep(0);
    throw new KeyboardInterrupt();
  }

  async function bystander() {
    try {
      await sleep(0);
      await sleep(0);
      print('bystander went on');
    } finally {
      print('bystander ended');
    }
  }

  const loop = newEventLoop();
  loop.setExceptionHandler((_loop, context) => print('handler', context.message));
  try {
    await loop.runUntilComplete(interrupted);
  } catch (error) {
    print('first', repr(error));
  }
  const task = loop.createTask(() => interrupted());
  const other = loop.createTask(() => bystander());
  try {
    await loop.runUntilComplete(other);
  } catch (error) {
    print('second', repr(error), error === task.exception());
  }
  print('bystander done', other.done());
  await loop.runUntilComplete(other);
  loop.close();
}
