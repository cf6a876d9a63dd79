// expired() tells that the deadline has passed, whatever the body made of it.
import { getRunningLoop, run, sleep, timeout, type Timeout, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function state(limit: Timeout) {
    return String(limit).split(' when=')[0];
  }

  function* main() {
    const loop = getRunningLoop();
    let limit = yield* timeout(1, function* (limit) {
      print(state(limit), ((limit.when() as number) - loop.time()).toFixed(1), limit.expired());
      try {
        yield* sleep(5);
      } catch {
        print('swallowed', limit.expired());
      }
      return limit;
    });
    print(state(limit), limit.expired());
    try {
      yield* timeout(1, function* (inner) {
        limit = inner;
        try {
          yield* sleep(5);
        } catch {
          throw new ValueError('instead');
        }
      });
    } catch (error) {
      print(repr(error), limit.expired());
    }
    limit = yield* timeout(5, function* (limit) {
      yield* sleep(1);
      return limit;
    });
    print(state(limit), limit.expired());
    yield* timeout(null, function* (limit) {
      print(state(limit), limit.when());
    });
    yield* sleep(0);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  function state(limit: Timeout) {
    return String(limit).split(' when=')[0];
  }

  async function main() {
    const loop = getRunningLoop();
    let limit = await timeout(1, async (limit) => {
      print(state(limit), ((limit.when() as number) - loop.time()).toFixed(1), limit.expired());
      try {
        await sleep(5);
      } catch {
        print('swallowed', limit.expired());
      }
      return limit;
    });
    print(state(limit), limit.expired());
    try {
      await timeout(1, async (inner) => {
        limit = inner;
        try {
          await sleep(5);
        } catch {
          throw new ValueError('instead');
        }
      });
    } catch (error) {
      print(repr(error), limit.expired());
    }
    limit = await timeout(5, async (limit) => {
      await sleep(1);
      return limit;
    });
    print(state(limit), limit.expired());
    await timeout(null, async (limit) => {
      print(state(limit), limit.when());
    });
    await sleep(0);
  }

  await run(main, { loopFactory: virtualLoop });
}
