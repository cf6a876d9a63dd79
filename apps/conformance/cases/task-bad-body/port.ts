// What is no coroutine makes no task, and outside of a run createTask() has no loop.
import { createTask, newEventLoop } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    print('never printed');
  }

  const loop = newEventLoop();
  for (const value of [5, 'text', null, loop.createFuture()]) {
    try {
      await loop.createTask(value as never);
    } catch (error) {
      print(className(error));
    }
  }
  try {
    await createTask(coroutine());
  } catch (error) {
    print(repr(error));
  }
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    print('never printed');
  }

  const loop = newEventLoop();
  for (const value of [5, 'text', null, loop.createFuture()]) {
    try {
      await loop.createTask(value as never);
    } catch (error) {
      print(className(error));
    }
  }
  try {
    await createTask(() => coroutine());
  } catch (error) {
    print(repr(error));
  }
  loop.close();
}
