// A deadline can be moved or removed while its body runs, and not afterwards.
import { getRunningLoop, run, sleep, timeout } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    let limit = yield* timeout(1, function* (limit) {
      limit.reschedule(loop.time() + 5);
      yield* sleep(3);
      limit.reschedule(null);
      print(limit.when());
      yield* sleep(10);
      return limit;
    });
    print('finished', now());
    try {
      limit.reschedule(loop.time());
    } catch (error) {
      print(repr(error));
    }
    try {
      yield* timeout(null, function* (inner) {
        limit = inner;
        limit.reschedule(loop.time() + 2);
        try {
          yield* sleep(10);
        } finally {
          try {
            limit.reschedule(null);
          } catch (error) {
            print(repr(error));
          }
        }
      });
    } catch {
      print('expired', now());
    }
    try {
      limit.reschedule(null);
    } catch (error) {
      print(repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    let limit = await timeout(1, async (limit) => {
      limit.reschedule(loop.time() + 5);
      await sleep(3);
      limit.reschedule(null);
      print(limit.when());
      await sleep(10);
      return limit;
    });
    print('finished', now());
    try {
      limit.reschedule(loop.time());
    } catch (error) {
      print(repr(error));
    }
    try {
      await timeout(null, async (inner) => {
        limit = inner;
        limit.reschedule(loop.time() + 2);
        try {
          await sleep(10);
        } finally {
          try {
            limit.reschedule(null);
          } catch (error) {
            print(repr(error));
          }
        }
      });
    } catch {
      print('expired', now());
    }
    try {
      limit.reschedule(null);
    } catch (error) {
      print(repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
