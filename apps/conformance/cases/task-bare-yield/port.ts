// sleep(0) gives up control for exactly one iteration.
import { newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  function* child(name: string) {
    for (let n = 0; n < 3; n++) {
      print(name, n);
      print(name, 'slept', yield* sleep(0, n));
    }
  }

  function* main() {
    loop.callSoon(tick, 1);
    const a = loop.createTask(child('a'));
    const b = loop.createTask(child('b'));
    yield* sleep(0);
    print('main', yield* sleep(-1, 'negative'));
    yield* a;
    yield* b;
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

  async function child(name: string) {
    for (let n = 0; n < 3; n++) {
      print(name, n);
      print(name, 'slept', await sleep(0, n));
    }
  }

  async function main() {
    loop.callSoon(tick, 1);
    const a = loop.createTask(() => child('a'));
    const b = loop.createTask(() => child('b'));
    await sleep(0);
    print('main', await sleep(-1, 'negative'));
    await a;
    await b;
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
