// Tasks that give up waiting for a lock leave it to the others.
import { gather, Lock, sleep, timeout, waitFor } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function now() {
    return (Math.round((loop.time() - start) * 10) / 10).toFixed(1);
  }

  function* holder(name: string, duration: number) {
    using _ = yield* lock.acquire();
    print(name, 'has it at', now());
    yield* sleep(duration);
  }

  function* impatient(name: string) {
    try {
      yield* timeout(1, function* () {
        using _ = yield* lock.acquire();
        print('never printed');
      });
    } catch {
      print(name, 'gave up at', now());
    }
    try {
      yield* waitFor(() => lock.acquire(), 1.5);
    } catch {
      print(name, 'gave up at', now());
    }
    yield* waitFor(() => lock.acquire(), 10);
    print(name, 'has it at', now());
    lock.release();
  }

  function* main() {
    yield* gather(holder('a', 5), impatient('b'), holder('c', 2));
    print('locked:', lock.locked());
  }

  const lock = new Lock();
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function now() {
    return (Math.round((loop.time() - start) * 10) / 10).toFixed(1);
  }

  async function holder(name: string, duration: number) {
    using _ = await lock.acquire();
    print(name, 'has it at', now());
    await sleep(duration);
  }

  async function impatient(name: string) {
    try {
      await timeout(1, async () => {
        using _ = await lock.acquire();
        print('never printed');
      });
    } catch {
      print(name, 'gave up at', now());
    }
    try {
      await waitFor(() => lock.acquire(), 1.5);
    } catch {
      print(name, 'gave up at', now());
    }
    await waitFor(() => lock.acquire(), 10);
    print(name, 'has it at', now());
    lock.release();
  }

  async function main() {
    await gather(
      () => holder('a', 5),
      () => impatient('b'),
      () => holder('c', 2),
    );
    print('locked:', lock.locked());
  }

  const lock = new Lock();
  const loop = virtualLoop();
  const start = loop.time();
  await loop.runUntilComplete(main);
  loop.close();
}
