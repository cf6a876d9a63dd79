// A task is a future whose outcome only its coroutine decides.
import { createTask, Future, run, ValueError } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* coroutine() {
    return 'its own';
  }

  function* main() {
    const task = createTask(coroutine());
    print(task instanceof Future);
    for (const operation of [
      () => (task as Future<string>).setResult('ours'),
      () => (task as Future).setException(new ValueError()),
    ]) {
      try {
        operation();
      } catch (error) {
        print(className(error), task.done());
      }
    }
    print(yield* task);
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function coroutine() {
    return 'its own';
  }

  async function main() {
    const task = createTask(() => coroutine());
    print(task instanceof Future);
    for (const operation of [
      () => (task as Future<string>).setResult('ours'),
      () => (task as Future).setException(new ValueError()),
    ]) {
      try {
        operation();
      } catch (error) {
        print(className(error), task.done());
      }
    }
    print(await task);
  }

  await run(main);
}
