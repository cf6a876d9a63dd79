// An inner group's failure reaches the outer one as a group; one of the outer stays flat.
import { currentTask, ExceptionGroup, run, sleep, TaskGroup, ValueError } from '@loop/core';
import type { Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function shape(error: unknown): unknown {
    if (error instanceof ExceptionGroup) return error.errors.map(shape);
    return (error as Error).message;
  }

  function* child(name: string, delay: number) {
    yield* sleep(delay);
    throw new ValueError(name);
  }

  function* nested(innerDelay: number, outerDelay: number) {
    const level = currentTask()?.cancelling() ?? NaN;
    try {
      yield* TaskGroup.run(function* (outer) {
        void outer.createTask(child('outer', outerDelay));
        yield* TaskGroup.run(function* (inner) {
          void inner.createTask(child('inner', innerDelay));
          yield* sleep(10);
        });
      });
    } catch (error) {
      print(shape(error), (currentTask()?.cancelling() ?? NaN) - level);
    }
    yield* sleep(1);
    print('went on');
  }

  function* main() {
    yield* nested(1, 2);
    yield* nested(2, 1);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  function shape(error: unknown): unknown {
    if (error instanceof ExceptionGroup) return error.errors.map(shape);
    return (error as Error).message;
  }

  async function child(name: string, delay: number) {
    await sleep(delay);
    throw new ValueError(name);
  }

  async function nested(innerDelay: number, outerDelay: number) {
    const level = currentTask()?.cancelling() ?? NaN;
    try {
      await TaskGroup.run(async (outer) => {
        void outer.createTask(() => child('outer', outerDelay));
        await TaskGroup.run(async (inner) => {
          void inner.createTask(() => child('inner', innerDelay));
          await sleep(10);
        });
      });
    } catch (error) {
      print(shape(error), (currentTask()?.cancelling() ?? NaN) - level);
    }
    await sleep(1);
    print('went on');
  }

  async function main() {
    await nested(1, 2);
    await nested(2, 1);
  }

  await run(main, { loopFactory: virtualLoop });
}
