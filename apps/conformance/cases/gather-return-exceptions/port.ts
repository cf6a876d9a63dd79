// With returnExceptions errors and cancellations are results like others.
import {
  CancelledError,
  createTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  ValueError,
} from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number, error?: Error) {
    yield* sleep(delay);
    if (error !== undefined) throw error;
    return name;
  }

  function* main() {
    const cancelled = createTask(child('cancelled', 1000));
    getRunningLoop().callLater(1, () => cancelled.cancel('why'));
    const results = yield* gather(
      child('a', 3),
      child('b', 2, new ValueError('b')),
      cancelled,
      child('c', 1, new CancelledError('c')),
      { returnExceptions: true },
    );
    for (const result of results) {
      print(result instanceof Error ? result.name : result);
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number, error?: Error) {
    await sleep(delay);
    if (error !== undefined) throw error;
    return name;
  }

  async function main() {
    const cancelled = createTask(() => child('cancelled', 1000));
    getRunningLoop().callLater(1, () => cancelled.cancel('why'));
    const results = await gather(
      () => child('a', 3),
      () => child('b', 2, new ValueError('b')),
      cancelled,
      () => child('c', 1, new CancelledError('c')),
      { returnExceptions: true },
    );
    for (const result of results) {
      print(result instanceof Error ? result.name : result);
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
