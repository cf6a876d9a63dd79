// currentTask() is right in each step of tasks that interleave, and None in a callback.
import { currentTask, newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    const task = currentTask();
    print(name, task?.getName());
    for (let n = 0; n < 2; n++) {
      yield* sleep(0);
      print(name, currentTask() === task, currentTask()?.getName());
    }
    yield* nested(name);
  }

  function* nested(name: string) {
    print(name, 'nested', currentTask()?.getName());
  }

  function callback() {
    print('callback', currentTask());
  }

  function* main() {
    loop.callSoon(callback);
    const a = loop.createTask(child('a'), { name: 'A' });
    const b = loop.createTask(child('b'), { name: 'B' });
    print('main', currentTask() === currentTask(loop));
    yield* a;
    yield* b;
    print('idle loop', currentTask(other));
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  try {
    print(currentTask());
  } catch (error) {
    print(repr(error));
  }
  loop.close();
  other.close();
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    const task = currentTask();
    print(name, task?.getName());
    for (let n = 0; n < 2; n++) {
      await sleep(0);
      print(name, currentTask() === task, currentTask()?.getName());
    }
    await nested(name);
  }

  async function nested(name: string) {
    print(name, 'nested', currentTask()?.getName());
  }

  function callback() {
    print('callback', currentTask());
  }

  async function main() {
    loop.callSoon(callback);
    const a = loop.createTask(() => child('a'), { name: 'A' });
    const b = loop.createTask(() => child('b'), { name: 'B' });
    print('main', currentTask() === currentTask(loop));
    await a;
    await b;
    print('idle loop', currentTask(other));
  }

  const loop = newEventLoop();
  const other = newEventLoop();
  await loop.runUntilComplete(main);
  try {
    print(currentTask());
  } catch (error) {
    print(repr(error));
  }
  loop.close();
  other.close();
}
