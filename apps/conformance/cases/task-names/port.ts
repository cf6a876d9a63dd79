// A task has the name it is given, as a string, or a numbered one.
import { currentTask, getRunningLoop, run } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    return currentTask()?.getName();
  }

  function* main() {
    const loop = getRunningLoop();
    let task = loop.createTask(coroutine(), { name: 'given' });
    print(task.getName(), yield* task);
    task = loop.createTask(coroutine());
    task.setName(987654321);
    print(task.getName() === '987654321', yield* task);
    const first = loop.createTask(coroutine());
    const second = loop.createTask(coroutine(), { name: null });
    const [a = NaN, b = NaN] = [first, second].map((task) =>
      Number(task.getName().replace('Task-', '')),
    );
    print(b - a, (yield* first) === first.getName());
    yield* second;
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    return currentTask()?.getName();
  }

  async function main() {
    const loop = getRunningLoop();
    let task = loop.createTask(() => coroutine(), { name: 'given' });
    print(task.getName(), await task);
    task = loop.createTask(() => coroutine());
    task.setName(987654321);
    print(task.getName() === '987654321', await task);
    const first = loop.createTask(() => coroutine());
    const second = loop.createTask(() => coroutine(), { name: null });
    const [a = NaN, b = NaN] = [first, second].map((task) =>
      Number(task.getName().replace('Task-', '')),
    );
    print(b - a, (await first) === first.getName());
    await second;
  }

  await run(main);
}
