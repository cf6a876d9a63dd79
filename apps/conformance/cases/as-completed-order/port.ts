// asCompleted() gives results in the order of completion, and the caller's own tasks when
// iterated asynchronously.
import { asCompleted, createTask, getRunningLoop, run, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number) {
    yield* sleep(delay);
    return name;
  }

  function* main() {
    for (const nextOne of asCompleted([child('c', 3), child('a', 1), child('b', 2)])) {
      print(yield* nextOne);
    }
    const tasks = [createTask(child('f', 3)), createTask(child('d', 1)), createTask(child('e', 2))];
    const completed = asCompleted([...tasks, ...tasks])[Symbol.asyncIterator]();
    for (let next; !(next = yield* completed.next()).done;) {
      const task = next.value;
      print(tasks.includes(task), task.done(), yield* task);
    }
    const finished = getRunningLoop().createFuture<string>();
    finished.setResult('finished');
    const iterator = asCompleted<string>([child('slow', 5), finished]);
    const ends = iterator[Symbol.asyncIterator]();
    for (let next; !(next = yield* ends.next()).done;) {
      const future = next.value;
      print('first', future === finished);
      break;
    }
    for (let next; !(next = yield* ends.next()).done;) {
      const future = next.value;
      print('then', yield* future);
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number) {
    await sleep(delay);
    return name;
  }

  async function main() {
    for (const nextOne of asCompleted([
      () => child('c', 3),
      () => child('a', 1),
      () => child('b', 2),
    ])) {
      print(await nextOne);
    }
    const tasks = [
      createTask(() => child('f', 3)),
      createTask(() => child('d', 1)),
      createTask(() => child('e', 2)),
    ];
    for await (const task of asCompleted([...tasks, ...tasks])) {
      print(tasks.includes(task), task.done(), await task);
    }
    const finished = getRunningLoop().createFuture<string>();
    finished.setResult('finished');
    const iterator = asCompleted<string>([() => child('slow', 5), finished]);
    for await (const future of iterator) {
      print('first', future === finished);
      break;
    }
    for await (const future of iterator) {
      print('then', await future);
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
