// A run inside of a run is refused and leaves the outer one intact.
import { newEventLoop, run, sleep, wrapFuture } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* never() {
    print('never printed');
  }

  function* main() {
    for (const loop of [outer, inner]) {
      try {
        yield* wrapFuture(loop.runUntilComplete(never));
      } catch (error) {
        print(repr(error));
      }
    }
    try {
      yield* wrapFuture(run(never));
    } catch (error) {
      print(repr(error));
    }
    print('running', outer.isRunning(), inner.isRunning());
    yield* sleep(0);
    return 'outer result';
  }

  const outer = newEventLoop();
  const inner = newEventLoop();
  print(await outer.runUntilComplete(main));
  outer.close();
  inner.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function never() {
    print('never printed');
  }

  async function main() {
    for (const loop of [outer, inner]) {
      try {
        await wrapFuture(loop.runUntilComplete(never));
      } catch (error) {
        print(repr(error));
      }
    }
    try {
      await wrapFuture(run(never));
    } catch (error) {
      print(repr(error));
    }
    print('running', outer.isRunning(), inner.isRunning());
    await sleep(0);
    return 'outer result';
  }

  const outer = newEventLoop();
  const inner = newEventLoop();
  print(await outer.runUntilComplete(main));
  outer.close();
  inner.close();
}
