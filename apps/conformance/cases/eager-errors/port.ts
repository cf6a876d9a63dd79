// An error in the eager part is stored in the task, not thrown at its creator.
import { newEventLoop, sleep, Task, ValueError } from '@loop/core';
import { repr, str, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* fails(suspends: boolean) {
    print('runs');
    if (suspends) yield* sleep(0);
    throw new ValueError(`suspends ${str(suspends)}`);
  }

  function* main() {
    for (const suspends of [false, true]) {
      const task = new Task(fails(suspends), { loop, eagerStart: true });
      print('created');
      try {
        yield* task;
      } catch (error) {
        print('caught', repr(error), error === task.exception());
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function fails(suspends: boolean) {
    print('runs');
    if (suspends) await sleep(0);
    throw new ValueError(`suspends ${str(suspends)}`);
  }

  async function main() {
    for (const suspends of [false, true]) {
      const task = new Task(() => fails(suspends), { loop, eagerStart: true });
      print('created');
      try {
        await task;
      } catch (error) {
        print('caught', repr(error), error === task.exception());
      }
    }
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
