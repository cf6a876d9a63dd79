// A group costs no iterations beyond those of its tasks.
import { newEventLoop, sleep, TaskGroup } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 8) loop.callSoon(tick, n + 1);
  }

  function* child(name: string, steps: number) {
    for (let n = 0; n < steps; n++) {
      print(name, n);
      yield* sleep(0);
    }
    print(name, 'ends');
  }

  function* main() {
    loop.callSoon(tick, 1);
    yield* TaskGroup.run(function* (group) {
      void group.createTask(child('a', 2));
      void group.createTask(child('b', 0));
      print('body ends');
    });
    print('left');
    yield* TaskGroup.run(function* (group) {
      const task = group.createTask(child('c', 0));
      yield* task;
      print('body ends');
    });
    print('left');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 8) loop.callSoon(tick, n + 1);
  }

  async function child(name: string, steps: number) {
    for (let n = 0; n < steps; n++) {
      print(name, n);
      await sleep(0);
    }
    print(name, 'ends');
  }

  async function main() {
    loop.callSoon(tick, 1);
    await TaskGroup.run(async (group) => {
      void group.createTask(() => child('a', 2));
      void group.createTask(() => child('b', 0));
      print('body ends');
    });
    print('left');
    await TaskGroup.run(async (group) => {
      const task = group.createTask(() => child('c', 0));
      await task;
      print('body ends');
    });
    print('left');
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(main);
  loop.close();
}
