// Cancelling a task that awaits another cancels that one first, and waits for its cleanup.
import { newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  function* inner(suppress: boolean) {
    try {
      return yield* loop.createFuture<string>();
    } catch (error) {
      print('inner', repr(error));
      yield* sleep(0);
      print('inner cleaned up');
      if (!suppress) throw error;
      return "inner's value";
    }
  }

  function* outer(suppress: boolean) {
    const task = loop.createTask(inner(suppress));
    try {
      print('outer goes on with', yield* task);
      return "outer's value";
    } catch (error) {
      print('outer', repr(error), task.cancelled());
      throw error;
    }
  }

  function* main() {
    for (const suppress of [false, true]) {
      const task = loop.createTask(outer(suppress));
      yield* sleep(0);
      yield* sleep(0);
      loop.callSoon(tick, 1);
      print('cancel', task.cancel('chain'));
      try {
        print(yield* task);
      } catch (error) {
        print('main', repr(error));
      }
      print(task.cancelled());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  async function inner(suppress: boolean) {
    try {
      return await loop.createFuture<string>();
    } catch (error) {
      print('inner', repr(error));
      await sleep(0);
      print('inner cleaned up');
      if (!suppress) throw error;
      return "inner's value";
    }
  }

  async function outer(suppress: boolean) {
    const task = loop.createTask(() => inner(suppress));
    try {
      print('outer goes on with', await task);
      return "outer's value";
    } catch (error) {
      print('outer', repr(error), task.cancelled());
      throw error;
    }
  }

  async function main() {
    for (const suppress of [false, true]) {
      const task = loop.createTask(() => outer(suppress));
      await sleep(0);
      await sleep(0);
      loop.callSoon(tick, 1);
      print('cancel', task.cancel('chain'));
      try {
        print(await task);
      } catch (error) {
        print('main', repr(error));
      }
      print(task.cancelled());
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
