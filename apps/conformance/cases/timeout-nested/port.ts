// Of nested timeouts the one that fired throws; a cancellation from outside stays one.
import { createTask, currentTask, run, sleep, timeout, type Timeout } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* nested(outerDelay: number, innerDelay: number) {
    let outer: Timeout | undefined;
    let inner: Timeout | undefined;
    try {
      yield* timeout(outerDelay, function* (limit) {
        outer = limit;
        try {
          yield* timeout(innerDelay, function* (limit) {
            inner = limit;
            yield* sleep(10);
          });
        } catch (error) {
          print('inner', repr(error), inner?.expired());
          throw error;
        }
      });
    } catch (error) {
      print('outer', repr(error), outer?.expired(), currentTask()?.cancelling());
      throw error;
    }
  }

  function* main() {
    for (const [outer, inner] of [
      [1, 2],
      [2, 1],
    ] as const) {
      try {
        yield* nested(outer, inner);
      } catch (error) {
        print(outer, inner, repr(error));
      }
    }
    const task = createTask(nested(5, 6));
    yield* sleep(1);
    task.cancel('from outside');
    try {
      yield* task;
    } catch (error) {
      print('task', repr(error));
    }
    currentTask()?.cancel();
    try {
      yield* sleep(1);
    } catch {
      print('cancelled before', currentTask()?.cancelling());
    }
    try {
      yield* nested(1, 2);
    } catch (error) {
      print(repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function nested(outerDelay: number, innerDelay: number) {
    let outer: Timeout | undefined;
    let inner: Timeout | undefined;
    try {
      await timeout(outerDelay, async (limit) => {
        outer = limit;
        try {
          await timeout(innerDelay, async (limit) => {
            inner = limit;
            await sleep(10);
          });
        } catch (error) {
          print('inner', repr(error), inner?.expired());
          throw error;
        }
      });
    } catch (error) {
      print('outer', repr(error), outer?.expired(), currentTask()?.cancelling());
      throw error;
    }
  }

  async function main() {
    for (const [outer, inner] of [
      [1, 2],
      [2, 1],
    ] as const) {
      try {
        await nested(outer, inner);
      } catch (error) {
        print(outer, inner, repr(error));
      }
    }
    const task = createTask(() => nested(5, 6));
    await sleep(1);
    task.cancel('from outside');
    try {
      await task;
    } catch (error) {
      print('task', repr(error));
    }
    currentTask()?.cancel();
    try {
      await sleep(1);
    } catch {
      print('cancelled before', currentTask()?.cancelling());
    }
    try {
      await nested(1, 2);
    } catch (error) {
      print(repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
