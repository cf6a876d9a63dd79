// Debug mode changes neither results nor their order.
import { type EventLoop, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* child(n: number) {
    print('child', n);
    yield* sleep(0);
    print('child again', n);
    return n * 10;
  }

  function* main() {
    loop.callSoon(tick, 1);
    const tasks = [0, 1, 2].map((n) => loop.createTask(child(n)));
    for (const task of tasks) print('result', yield* task);
  }

  let loop: EventLoop;
  for (const debug of [false, true]) {
    loop = newEventLoop();
    loop.setDebug(debug);
    await loop.runUntilComplete(main);
    loop.close();
  }
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  async function child(n: number) {
    print('child', n);
    await sleep(0);
    print('child again', n);
    return n * 10;
  }

  async function main() {
    loop.callSoon(tick, 1);
    const tasks = [0, 1, 2].map((n) => loop.createTask(() => child(n)));
    for (const task of tasks) print('result', await task);
  }

  let loop: EventLoop;
  for (const debug of [false, true]) {
    loop = newEventLoop();
    loop.setDebug(debug);
    await loop.runUntilComplete(main);
    loop.close();
  }
}
