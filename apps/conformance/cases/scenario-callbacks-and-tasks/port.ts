// Callbacks, timers, futures and tasks interleave in one order.
import { sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 2) {
      loop.callLater(0, print, 'timer of tick 2');
      future.setResult('from tick 2');
      void loop.createTask(child('late', 1));
    }
    if (n < 7) loop.callSoon(tick, n + 1);
  }

  function* child(name: string, steps: number) {
    print(name, 'begins');
    for (let n = 0; n < steps; n++) {
      loop.callSoon(print, name, 'callback', n);
      yield* sleep(0);
      print(name, 'step', n);
    }
  }

  function* waiter() {
    print('waiter', yield* future);
    yield* child("waiter's child", 1);
    return "waiter's result";
  }

  function* main() {
    future.addDoneCallback((future) => print('done callback', future.result()));
    loop.callSoon(tick, 1);
    const first = loop.createTask(waiter());
    const second = loop.createTask(child('first', 2));
    first.addDoneCallback((task) => print('done callback', task.result()));
    loop.callLater(0, print, 'timer of main');
    yield* first;
    print('main');
    yield* second;
  }

  const loop = virtualLoop();
  const future = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n === 2) {
      loop.callLater(0, print, 'timer of tick 2');
      future.setResult('from tick 2');
      void loop.createTask(() => child('late', 1));
    }
    if (n < 7) loop.callSoon(tick, n + 1);
  }

  async function child(name: string, steps: number) {
    print(name, 'begins');
    for (let n = 0; n < steps; n++) {
      loop.callSoon(print, name, 'callback', n);
      await sleep(0);
      print(name, 'step', n);
    }
  }

  async function waiter() {
    print('waiter', await future);
    await child("waiter's child", 1);
    return "waiter's result";
  }

  async function main() {
    future.addDoneCallback((future) => print('done callback', future.result()));
    loop.callSoon(tick, 1);
    const first = loop.createTask(() => waiter());
    const second = loop.createTask(() => child('first', 2));
    first.addDoneCallback((task) => print('done callback', task.result()));
    loop.callLater(0, print, 'timer of main');
    await first;
    print('main');
    await second;
  }

  const loop = virtualLoop();
  const future = loop.createFuture<string>();
  await loop.runUntilComplete(main);
  loop.close();
}
