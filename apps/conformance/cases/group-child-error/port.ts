// The first child that fails cancels the others and the body; all errors come out together.
import { currentTask, ExceptionGroup, run, sleep, TaskGroup, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number, failsInCleanup = false) {
    try {
      yield* sleep(delay);
    } catch (error) {
      log.push(`${name} cancelled`);
      if (failsInCleanup) throw new ValueError(name);
      throw error;
    }
    throw new ValueError(name);
  }

  function* main() {
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(child('first', 1));
        void group.createTask(child('second', 5, true));
        void group.createTask(child('third', 5));
        try {
          yield* sleep(10);
        } catch (error) {
          print('body', repr(error), currentTask()?.cancelling());
          throw error;
        }
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.message, error.errors.map(repr).sort());
    }
    print(log.sort(), currentTask()?.cancelling());
    yield* sleep(1);
    print('undisturbed');
  }

  const log: string[] = [];
  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number, failsInCleanup = false) {
    try {
      await sleep(delay);
    } catch (error) {
      log.push(`${name} cancelled`);
      if (failsInCleanup) throw new ValueError(name);
      throw error;
    }
    throw new ValueError(name);
  }

  async function main() {
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => child('first', 1));
        void group.createTask(() => child('second', 5, true));
        void group.createTask(() => child('third', 5));
        try {
          await sleep(10);
        } catch (error) {
          print('body', repr(error), currentTask()?.cancelling());
          throw error;
        }
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.message, error.errors.map(repr).sort());
    }
    print(log.sort(), currentTask()?.cancelling());
    await sleep(1);
    print('undisturbed');
  }

  const log: string[] = [];
  await run(main, { loopFactory: virtualLoop });
}
