// A bounded semaphore is not released above its initial value.
import { BoundedSemaphore, run } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    const semaphore = new BoundedSemaphore(1);
    yield* semaphore.acquire();
    semaphore.release();
    try {
      semaphore.release();
    } catch (error) {
      print(repr(error));
    }
    {
      using _ = yield* semaphore.acquire();
      print('locked:', semaphore.locked());
    }
    print('locked:', semaphore.locked());
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    const semaphore = new BoundedSemaphore(1);
    await semaphore.acquire();
    semaphore.release();
    try {
      semaphore.release();
    } catch (error) {
      print(repr(error));
    }
    {
      using _ = await semaphore.acquire();
      print('locked:', semaphore.locked());
    }
    print('locked:', semaphore.locked());
  }

  await run(main);
}
