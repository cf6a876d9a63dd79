// When the time is over the body is cancelled once, and its CancelledError becomes a
// TimeoutError.
import { currentTask, getRunningLoop, run, sleep, timeout, timeoutAt } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    try {
      yield* timeout(2, function* () {
        try {
          yield* sleep(10);
        } catch (error) {
          print('body', repr(error), currentTask()?.cancelling());
          throw error;
        }
      });
    } catch (error) {
      print(repr(error), repr((error as Error).cause), now());
    }
    print(currentTask()?.cancelling());
    yield* timeout(2, function* () {
      yield* sleep(1);
    });
    print('in time', now());
    yield* timeout(null, function* () {
      yield* sleep(100);
    });
    print('no limit', now());
    try {
      yield* timeoutAt(loop.time() + 3, function* () {
        yield* sleep(5);
      });
    } catch {
      print('at', now());
    }
    yield* sleep(10);
    print('undisturbed', now());
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    try {
      await timeout(2, async () => {
        try {
          await sleep(10);
        } catch (error) {
          print('body', repr(error), currentTask()?.cancelling());
          throw error;
        }
      });
    } catch (error) {
      print(repr(error), repr((error as Error).cause), now());
    }
    print(currentTask()?.cancelling());
    await timeout(2, async () => {
      await sleep(1);
    });
    print('in time', now());
    await timeout(null, async () => {
      await sleep(100);
    });
    print('no limit', now());
    try {
      await timeoutAt(loop.time() + 3, async () => {
        await sleep(5);
      });
    } catch {
      print('at', now());
    }
    await sleep(10);
    print('undisturbed', now());
  }

  await run(main, { loopFactory: virtualLoop });
}
