// set() wakes the present waiters in order, even if clear() follows at once.
import { Event, newEventLoop, sleep, wait } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  function* waiter(name: string) {
    print(name, 'waits');
    print(name, yield* event.wait());
  }

  function* main() {
    print(event.isSet());
    const tasks = ['a', 'b'].map((name) => loop.createTask(waiter(name)));
    yield* sleep(0);
    loop.callSoon(tick, 1);
    event.set();
    event.clear();
    print('cleared', event.isSet());
    const late = loop.createTask(waiter('late'));
    yield* wait(tasks);
    print(late.done());
    event.set();
    yield* late;
    print('at once', yield* event.wait(), event.isSet());
  }

  const event = new Event();
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  async function waiter(name: string) {
    print(name, 'waits');
    print(name, await event.wait());
  }

  async function main() {
    print(event.isSet());
    const tasks = ['a', 'b'].map((name) => loop.createTask(() => waiter(name)));
    await sleep(0);
    loop.callSoon(tick, 1);
    event.set();
    event.clear();
    print('cleared', event.isSet());
    const late = loop.createTask(() => waiter('late'));
    await wait(tasks);
    print(late.done());
    event.set();
    await late;
    print('at once', await event.wait(), event.isSet());
  }

  const event = new Event();
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
