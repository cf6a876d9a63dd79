// In debug mode coroutine functions, coroutines and what cannot be called are refused as
// callbacks.
import { newEventLoop } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    print('never printed');
  }

  const loop = newEventLoop();
  loop.setDebug(true);
  for (const callback of [coroutine, coroutine(), 5, null]) {
    for (const schedule of [
      () => loop.callSoon(callback as never),
      () => loop.callSoonThreadsafe(callback as never),
      () => loop.callLater(0, callback as never),
      () => loop.callAt(0, callback as never),
    ]) {
      try {
        schedule();
      } catch (error) {
        print(className(error));
      }
    }
  }
  loop.callLater(0, () => loop.stop());
  await loop.runForever();
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    print('never printed');
  }

  const loop = newEventLoop();
  loop.setDebug(true);
  for (const callback of [coroutine, Promise.resolve(), 5, null]) {
    for (const schedule of [
      () => loop.callSoon(callback as never),
      () => loop.callSoonThreadsafe(callback as never),
      () => loop.callLater(0, callback as never),
      () => loop.callAt(0, callback as never),
    ]) {
      try {
        schedule();
      } catch (error) {
        print(className(error));
      }
    }
  }
  loop.callLater(0, () => loop.stop());
  await loop.runForever();
  loop.close();
}
