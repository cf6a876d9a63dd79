// A cancellation's message arrives as it was given; None is no message.
import { newEventLoop, sleep, wait } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    try {
      yield* loop.createFuture();
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    }
  }

  function* main() {
    for (const message of ['text', 5, null]) {
      let task = loop.createTask(child());
      yield* sleep(0);
      task.cancel(message);
      try {
        yield* task;
      } catch (error) {
        print('await', repr(error));
      }
      task = loop.createTask(child());
      yield* sleep(0);
      task.cancel(message);
      yield* wait([task]);
      try {
        task.result();
      } catch (error) {
        print('result', repr(error));
      }
      task = loop.createTask(child());
      task.cancel(message);
      yield* wait([task]);
      try {
        task.exception();
      } catch (error) {
        print('exception', repr(error));
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    try {
      await loop.createFuture();
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    }
  }

  async function main() {
    for (const message of ['text', 5, null]) {
      let task = loop.createTask(() => child());
      await sleep(0);
      task.cancel(message);
      try {
        await task;
      } catch (error) {
        print('await', repr(error));
      }
      task = loop.createTask(() => child());
      await sleep(0);
      task.cancel(message);
      await wait([task]);
      try {
        task.result();
      } catch (error) {
        print('result', repr(error));
      }
      task = loop.createTask(() => child());
      task.cancel(message);
      await wait([task]);
      try {
        task.exception();
      } catch (error) {
        print('exception', repr(error));
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
