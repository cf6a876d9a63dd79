// Without time the body ends at its first suspension; one that never suspends finishes.
import { currentTask, run, sleep, timeout } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    for (const delay of [0, -1]) {
      try {
        yield* timeout(delay, function* () {
          print('body starts');
          yield* sleep(0);
          print('never printed');
        });
      } catch (error) {
        print(repr(error));
      }
    }
    const limit = yield* timeout(0, function* (limit) {
      print('body without a suspension');
      return limit;
    });
    yield* sleep(0);
    print('finished', limit.expired(), currentTask()?.cancelling());
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    for (const delay of [0, -1]) {
      try {
        await timeout(delay, async () => {
          print('body starts');
          await sleep(0);
          print('never printed');
        });
      } catch (error) {
        print(repr(error));
      }
    }
    const limit = await timeout(0, async (limit) => {
      print('body without a suspension');
      return limit;
    });
    await sleep(0);
    print('finished', limit.expired(), currentTask()?.cancelling());
  }

  await run(main);
}
