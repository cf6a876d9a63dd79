// Cancelling the parent cancels the children; if one of them fails at that, its error wins.
import {
  createTask,
  currentTask,
  ExceptionGroup,
  run,
  sleep,
  TaskGroup,
  ValueError,
  wait,
} from '@loop/core';
import { repr, className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(fails: boolean) {
    try {
      yield* sleep(5);
    } catch (error) {
      print('child', repr(error));
      if (fails) throw new ValueError('child');
      throw error;
    }
  }

  function* parent(fails: boolean) {
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(child(fails));
        yield* sleep(10);
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.errors.map(repr), currentTask()?.cancelling());
      try {
        yield* sleep(1);
      } catch {
        print('cancelled at the next wait');
      }
    }
    return 'ended';
  }

  function* main() {
    for (const fails of [false, true]) {
      const task = createTask(parent(fails));
      yield* sleep(1);
      task.cancel('parent');
      yield* wait([task]);
      try {
        print(yield* task);
      } catch (error) {
        print(className(error));
      }
      print(task.cancelled(), task.cancelling());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(fails: boolean) {
    try {
      await sleep(5);
    } catch (error) {
      print('child', repr(error));
      if (fails) throw new ValueError('child');
      throw error;
    }
  }

  async function parent(fails: boolean) {
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => child(fails));
        await sleep(10);
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.errors.map(repr), currentTask()?.cancelling());
      try {
        await sleep(1);
      } catch {
        print('cancelled at the next wait');
      }
    }
    return 'ended';
  }

  async function main() {
    for (const fails of [false, true]) {
      const task = createTask(() => parent(fails));
      await sleep(1);
      task.cancel('parent');
      await wait([task]);
      try {
        print(await task);
      } catch (error) {
        print(className(error));
      }
      print(task.cancelled(), task.cancelling());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
