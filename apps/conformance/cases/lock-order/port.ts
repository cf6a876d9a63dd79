// A lock is handed on in the order of waiting; a newcomer never overtakes.
import { gather, Lock, newEventLoop, sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  function* holder(name: string) {
    using _ = yield* lock.acquire();
    print(name, 'has it');
    yield* sleep(0);
    print(name, 'gives it back');
  }

  function* newcomer() {
    yield* sleep(0);
    yield* sleep(0);
    print('newcomer, locked:', lock.locked());
    yield* holder('newcomer');
  }

  function* main() {
    loop.callSoon(tick, 1);
    yield* gather(holder('a'), holder('b'), newcomer(), holder('c'));
    print('locked:', lock.locked());
    yield* lock.acquire();
    print('locked:', lock.locked());
    lock.release();
    try {
      lock.release();
    } catch (error) {
      print(repr(error));
    }
    try {
      using _ = yield* lock.acquire();
      throw new ValueError('x');
    } catch {
      print('locked:', lock.locked());
    }
  }

  const lock = new Lock();
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 6) loop.callSoon(tick, n + 1);
  }

  async function holder(name: string) {
    using _ = await lock.acquire();
    print(name, 'has it');
    await sleep(0);
    print(name, 'gives it back');
  }

  async function newcomer() {
    await sleep(0);
    await sleep(0);
    print('newcomer, locked:', lock.locked());
    await holder('newcomer');
  }

  async function main() {
    loop.callSoon(tick, 1);
    await gather(
      () => holder('a'),
      () => holder('b'),
      () => newcomer(),
      () => holder('c'),
    );
    print('locked:', lock.locked());
    await lock.acquire();
    print('locked:', lock.locked());
    lock.release();
    try {
      lock.release();
    } catch (error) {
      print(repr(error));
    }
    try {
      using _ = await lock.acquire();
      throw new ValueError('x');
    } catch {
      print('locked:', lock.locked());
    }
  }

  const lock = new Lock();
  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
