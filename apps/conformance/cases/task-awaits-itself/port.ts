// A task that awaits itself gets a RuntimeError at that await, an iteration later.
import { currentTask, newEventLoop, sleep, type Task } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  function* selfish() {
    loop.callSoon(tick, 1);
    try {
      const self = currentTask() as Task;
      yield* self;
    } catch (error) {
      print((error as Error).message.split(':')[0]);
    }
    yield* sleep(0);
    return 'caught it';
  }

  const loop = newEventLoop();
  print(await loop.runUntilComplete(selfish));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  async function selfish() {
    loop.callSoon(tick, 1);
    try {
      const self = currentTask() as Task;
      await self;
    } catch (error) {
      print((error as Error).message.split(':')[0]);
    }
    await sleep(0);
    return 'caught it';
  }

  const loop = newEventLoop();
  print(await loop.runUntilComplete(selfish));
  loop.close();
}
