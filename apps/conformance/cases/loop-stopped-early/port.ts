// A run that stop() ends leaves its task alive; the next run goes on with it.
import { newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* slow() {
    for (let n = 0; n < 3; n++) {
      print('step', n);
      yield* sleep(0);
    }
    return 'finished';
  }

  function* quick() {
    return 'in one pass';
  }

  const loop = newEventLoop();
  const task = loop.createTask(slow());
  loop.callSoon(() => loop.stop());
  try {
    await loop.runUntilComplete(task);
  } catch (error) {
    print(repr(error));
  }
  print('done', task.done(), 'cancelled', task.cancelled());
  print(await loop.runUntilComplete(task));
  print(loop.stop());
  try {
    print(await loop.runUntilComplete(quick));
  } catch (error) {
    print(repr(error));
  }
  loop.close();
  print(loop.stop());
}

export async function asynchronous(print: Print): Promise<void> {
  async function slow() {
    for (let n = 0; n < 3; n++) {
      print('step', n);
      await sleep(0);
    }
    return 'finished';
  }

  async function quick() {
    return 'in one pass';
  }

  const loop = newEventLoop();
  const task = loop.createTask(() => slow());
  loop.callSoon(() => loop.stop());
  try {
    await loop.runUntilComplete(task);
  } catch (error) {
    print(repr(error));
  }
  print('done', task.done(), 'cancelled', task.cancelled());
  print(await loop.runUntilComplete(task));
  print(loop.stop());
  try {
    print(await loop.runUntilComplete(quick));
  } catch (error) {
    print(repr(error));
  }
  loop.close();
  print(loop.stop());
}
