// When the time is over each that is left throws TimeoutError; the tasks go on.
import { asCompleted, createTask, run, sleep } from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number) {
    yield* sleep(delay);
    return name;
  }

  function* main() {
    const a = createTask(child('a', 1));
    const b = createTask(child('b', 5));
    const c = createTask(child('c', 6));
    const tasks = [a, b, c];
    for (const nextOne of asCompleted(tasks, { timeout: 2 })) {
      try {
        print(yield* nextOne);
      } catch (error) {
        print(repr(error));
      }
    }
    print(tasks.map((task) => task.done()));
    try {
      const completed = asCompleted(tasks, { timeout: 1 })[Symbol.asyncIterator]();
      for (let next; !(next = yield* completed.next()).done;) {
        print(next.value.result());
      }
    } catch (error) {
      print(repr(error));
    }
    print(tasks.map((task) => task.done()));
    for (const value of [a, 5]) {
      try {
        asCompleted(value as never);
      } catch (error) {
        print(className(error));
      }
    }
    print(yield* b, yield* c);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number) {
    await sleep(delay);
    return name;
  }

  async function main() {
    const a = createTask(() => child('a', 1));
    const b = createTask(() => child('b', 5));
    const c = createTask(() => child('c', 6));
    const tasks = [a, b, c];
    for (const nextOne of asCompleted(tasks, { timeout: 2 })) {
      try {
        print(await nextOne);
      } catch (error) {
        print(repr(error));
      }
    }
    print(tasks.map((task) => task.done()));
    try {
      for await (const task of asCompleted(tasks, { timeout: 1 })) {
        print(task.result());
      }
    } catch (error) {
      print(repr(error));
    }
    print(tasks.map((task) => task.done()));
    for (const value of [a, 5]) {
      try {
        asCompleted(value as never);
      } catch (error) {
        print(className(error));
      }
    }
    print(await b, await c);
  }

  await run(main, { loopFactory: virtualLoop });
}
