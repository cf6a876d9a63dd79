// An error of the body cancels the children and comes out in a group; a cancelled child is no
// error.
import { ExceptionGroup, run, sleep, TaskGroup, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    try {
      yield* sleep(5);
      return name;
    } catch (error) {
      print(name, repr(error));
      throw error;
    }
  }

  function* main() {
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(child('child'));
        yield* sleep(1);
        throw new ValueError('body');
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.message, error.errors.map(repr));
    }
    const { cancelled, other } = yield* TaskGroup.run(function* (group) {
      const cancelled = group.createTask(child('cancelled'));
      const other = group.createTask(child('other'));
      yield* sleep(1);
      cancelled.cancel('only this one');
      return { cancelled, other };
    });
    print(cancelled.cancelled(), other.result());
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    try {
      await sleep(5);
      return name;
    } catch (error) {
      print(name, repr(error));
      throw error;
    }
  }

  async function main() {
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => child('child'));
        await sleep(1);
        throw new ValueError('body');
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.message, error.errors.map(repr));
    }
    const { cancelled, other } = await TaskGroup.run(async (group) => {
      const cancelled = group.createTask(() => child('cancelled'));
      const other = group.createTask(() => child('other'));
      await sleep(1);
      cancelled.cancel('only this one');
      return { cancelled, other };
    });
    print(cancelled.cancelled(), other.result());
  }

  await run(main, { loopFactory: virtualLoop });
}
