// At a bare yield the cancellation is thrown in the next step.
import { newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  function* child() {
    try {
      for (;;) {
        yield* sleep(0);
        print('child');
      }
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    } finally {
      print('finally');
    }
  }

  function* main() {
    const task = loop.createTask(child());
    yield* sleep(0);
    loop.callSoon(tick, 1);
    yield* sleep(0);
    task.cancel();
    print('cancelled', task.cancelled());
    yield* sleep(0);
    print('cancelled', task.cancelled());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  async function child() {
    try {
      for (;;) {
        await sleep(0);
        print('child');
      }
    } catch (error) {
      print('thrown', repr(error));
      throw error;
    } finally {
      print('finally');
    }
  }

  async function main() {
    const task = loop.createTask(() => child());
    await sleep(0);
    loop.callSoon(tick, 1);
    await sleep(0);
    task.cancel();
    print('cancelled', task.cancelled());
    await sleep(0);
    print('cancelled', task.cancelled());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
