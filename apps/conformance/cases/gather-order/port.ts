// gather() runs its arguments side by side and gives their results in their own order.
import { gather, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* child(name: string, steps: number) {
    print(name, 'starts');
    for (let n = 0; n < steps; n++) yield* sleep(0);
    print(name, 'ends');
    return name;
  }

  function* main() {
    loop.callSoon(tick, 1);
    print(yield* gather(child('a', 2), child('b', 0), child('c', 1)));
    const task = loop.createTask(child('d', 0));
    const future = loop.createFuture<string>();
    future.setResult('finished');
    print(yield* gather(task, future, task, child('e', 0)));
    print(yield* gather());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  async function child(name: string, steps: number) {
    print(name, 'starts');
    for (let n = 0; n < steps; n++) await sleep(0);
    print(name, 'ends');
    return name;
  }

  async function main() {
    loop.callSoon(tick, 1);
    print(
      await gather(
        () => child('a', 2),
        () => child('b', 0),
        () => child('c', 1),
      ),
    );
    const task = loop.createTask(() => child('d', 0));
    const future = loop.createFuture<string>();
    future.setResult('finished');
    print(await gather(task, future, task, () => child('e', 0)));
    print(await gather());
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
