// However deep coroutines await one another, the task takes no more iterations than its
// innermost waits.
import { type Coroutine, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* inner(n: number): Coroutine<number> {
    if (n === 0) {
      print('innermost');
      yield* sleep(0);
      print('innermost again');
      return 1;
    }
    const result = yield* inner(n - 1);
    return result + 1;
  }

  function* parallel(name: string) {
    for (let n = 0; n < 4; n++) {
      print(name, n);
      yield* sleep(0);
    }
  }

  function* main() {
    loop.callSoon(tick, 1);
    const other = loop.createTask(parallel('other'));
    print('depth', yield* inner(5));
    print('depth', yield* inner(2));
    yield* other;
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

  async function inner(n: number): Promise<number> {
    if (n === 0) {
      print('innermost');
      await sleep(0);
      print('innermost again');
      return 1;
    }
    const result = await inner(n - 1);
    return result + 1;
  }

  async function parallel(name: string) {
    for (let n = 0; n < 4; n++) {
      print(name, n);
      await sleep(0);
    }
  }

  async function main() {
    loop.callSoon(tick, 1);
    const other = loop.createTask(() => parallel('other'));
    print('depth', await inner(5));
    print('depth', await inner(2));
    await other;
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
