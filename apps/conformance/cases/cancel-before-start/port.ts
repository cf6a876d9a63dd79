// A task that is cancelled before its first step never runs a line.
import { newEventLoop, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  function* child() {
    print('never printed');
  }

  function* main() {
    loop.callSoon(tick, 1);
    const task = loop.createTask(child());
    task.addDoneCallback(() => print('done callback'));
    print(task.cancel('too early'), task.cancelled(), task.done());
    yield* sleep(0);
    print(task.cancelled(), task.done());
    try {
      yield* task;
    } catch (error) {
      print(repr(error));
    }
    yield* sleep(0);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 3) loop.callSoon(tick, n + 1);
  }

  async function child() {
    print('never printed');
  }

  async function main() {
    loop.callSoon(tick, 1);
    const task = loop.createTask(() => child());
    task.addDoneCallback(() => print('done callback'));
    print(task.cancel('too early'), task.cancelled(), task.done());
    await sleep(0);
    print(task.cancelled(), task.done());
    try {
      await task;
    } catch (error) {
      print(repr(error));
    }
    await sleep(0);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
