// A group's block ends when all its tasks have, those that they create included.
import { type Coroutine, getRunningLoop, run, sleep, TaskGroup } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(group: TaskGroup, name: string, delay: number): Coroutine<string> {
    yield* sleep(delay);
    print(name, 'ends');
    if (delay === 2) void group.createTask(child(group, 'grandchild', 5));
    return name;
  }

  function* main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    const { first, second } = yield* TaskGroup.run(function* (group) {
      const first = group.createTask(child(group, 'first', 3), { name: 'named' });
      const second = group.createTask(child(group, 'second', 2));
      print('body ends');
      return { first, second };
    });
    print('left at', now(), first.result(), second.result(), first.getName());
    yield* TaskGroup.run(function* () {
      print('an empty group');
    });
    print('left at', now());
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(group: TaskGroup, name: string, delay: number): Promise<string> {
    await sleep(delay);
    print(name, 'ends');
    if (delay === 2) void group.createTask(() => child(group, 'grandchild', 5));
    return name;
  }

  async function main() {
    const loop = getRunningLoop();
    const start = loop.time();
    const now = () => (loop.time() - start).toFixed(1);
    const { first, second } = await TaskGroup.run(async (group) => {
      const first = group.createTask(() => child(group, 'first', 3), { name: 'named' });
      const second = group.createTask(() => child(group, 'second', 2));
      print('body ends');
      return { first, second };
    });
    print('left at', now(), first.result(), second.result(), first.getName());
    await TaskGroup.run(async () => {
      print('an empty group');
    });
    print('left at', now());
  }

  await run(main, { loopFactory: virtualLoop });
}
