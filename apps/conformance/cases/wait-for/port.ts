// waitFor() gives the result, or cancels when the time is over and waits for the cleanup.
import { currentTask, run, sleep, ValueError, waitFor } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(delay: number, then: string | null) {
    try {
      yield* sleep(delay);
      return 'in time';
    } catch (error) {
      print('cancelled at', now());
      yield* sleep(1);
      if (then === 'raises') throw new ValueError('instead');
      if (then === 'returns') return 'in spite of it';
      throw error;
    }
  }

  function now() {
    return (loop.time() - start).toFixed(1);
  }

  function* main() {
    print(yield* waitFor(child(1, null), 2));
    print(yield* waitFor(child(1, null), null));
    for (const then of ['ends', 'raises', 'returns']) {
      try {
        print(yield* waitFor(child(10, then), 2), now());
      } catch (error) {
        const { cause } = error as Error;
        print(repr(error), cause === undefined ? 'NoneType' : className(cause), now());
      }
    }
    print(currentTask()?.cancelling());
  }

  const loop = virtualLoop();
  const start = loop.time();
  await run(main, { loopFactory: () => loop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(delay: number, then: string | null) {
    try {
      await sleep(delay);
      return 'in time';
    } catch (error) {
      print('cancelled at', now());
      await sleep(1);
      if (then === 'raises') throw new ValueError('instead');
      if (then === 'returns') return 'in spite of it';
      throw error;
    }
  }

  function now() {
    return (loop.time() - start).toFixed(1);
  }

  async function main() {
    print(await waitFor(() => child(1, null), 2));
    print(await waitFor(() => child(1, null), null));
    for (const then of ['ends', 'raises', 'returns']) {
      try {
        print(await waitFor(() => child(10, then), 2), now());
      } catch (error) {
        const { cause } = error as Error;
        print(repr(error), cause === undefined ? 'NoneType' : className(cause), now());
      }
    }
    print(currentTask()?.cancelling());
  }

  const loop = virtualLoop();
  const start = loop.time();
  await run(main, { loopFactory: () => loop });
}
