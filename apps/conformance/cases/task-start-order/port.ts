// Tasks start in the order of their creation, in one queue with callbacks; awaiters go on two
// iterations later.
import { newEventLoop } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  }

  function* child(name: string) {
    print(name, 'steps');
    return `${name} result`;
  }

  function* main() {
    loop.callSoon(tick, 1);
    const first = loop.createTask(child('first'));
    loop.callSoon(print, 'callback between');
    const second = loop.createTask(child('second'));
    print('created', first.done(), second.done());
    first.addDoneCallback((task) => print('done callback', task.result()));
    print('main has', yield* second);
    print('main has', yield* first);
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
    print(name, 'steps');
    return `${name} result`;
  }

  async function main() {
    loop.callSoon(tick, 1);
    const first = loop.createTask(() => child('first'));
    loop.callSoon(print, 'callback between');
    const second = loop.createTask(() => child('second'));
    print('created', first.done(), second.done());
    first.addDoneCallback((task) => print('done callback', task.result()));
    print('main has', await second);
    print('main has', await first);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
