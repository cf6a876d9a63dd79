// Awaiting a future of another loop is a RuntimeError at the await.
import { newEventLoop, sleep } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    try {
      yield* other.createFuture();
    } catch (error) {
      print(className(error), (error as Error).message.endsWith('attached to a different loop'));
    }
    yield* sleep(0);
    return 'went on';
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  print(await loop.runUntilComplete(main));
  loop.close();
  other.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    try {
      await other.createFuture();
    } catch (error) {
      print(className(error), (error as Error).message.endsWith('attached to a different loop'));
    }
    await sleep(0);
    return 'went on';
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  print(await loop.runUntilComplete(main));
  loop.close();
  other.close();
}
