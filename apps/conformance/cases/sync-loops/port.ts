// What has waited in one loop cannot wait in another; the text forms tell the state.
import { Barrier, createTask, Event, Lock, run, Semaphore, sleep } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function state(value: Lock | Event | Semaphore | Barrier) {
    return value.toString().split('[')[1]?.replace(/>$/, '');
  }

  function* locks() {
    yield* lock.acquire();
    const waiter = createTask(() => lock.acquire());
    yield* sleep(0);
    lock.release();
    yield* waiter;
  }

  function* again() {
    try {
      yield* lock.acquire();
    } catch (error) {
      print(
        className(error),
        (error as Error).message.endsWith('is bound to a different event loop'),
      );
    }
  }

  const lock = new Lock();
  print(state(lock), state(new Event()), state(new Semaphore(1)), state(new Barrier(2)));
  await run(locks);
  print(state(lock));
  await run(again);
  const event = new Event();
  event.set();
  print(state(event));
}

export async function asynchronous(print: Print): Promise<void> {
  function state(value: Lock | Event | Semaphore | Barrier) {
    return value.toString().split('[')[1]?.replace(/>$/, '');
  }

  async function locks() {
    await lock.acquire();
    const waiter = createTask(() => lock.acquire());
    await sleep(0);
    lock.release();
    await waiter;
  }

  async function again() {
    try {
      await lock.acquire();
    } catch (error) {
      print(
        className(error),
        (error as Error).message.endsWith('is bound to a different event loop'),
      );
    }
  }

  const lock = new Lock();
  print(state(lock), state(new Event()), state(new Semaphore(1)), state(new Barrier(2)));
  await run(locks);
  print(state(lock));
  await run(again);
  const event = new Event();
  event.set();
  print(state(event));
}
