// A group that has ended, or is being aborted, takes no more tasks.
import { ExceptionGroup, run, sleep, TaskGroup, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    print('never printed');
  }

  function* waits() {
    yield* sleep(10);
  }

  function attempt(group: TaskGroup) {
    try {
      void group.createTask(child());
    } catch (error) {
      print((error as Error).message.split('> ')[1]);
    }
  }

  function* main() {
    const group = new TaskGroup();
    attempt(group);
    yield* group.run(function* () {});
    attempt(group);
    try {
      yield* group.run(function* () {
        print('never printed');
      });
    } catch (error) {
      print((error as Error).message.split('> ')[1]);
    }
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(waits());
        yield* sleep(1);
        try {
          void group.createTask(fails());
          yield* sleep(10);
        } finally {
          attempt(group);
        }
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.errors.map(repr));
    }
  }

  function* fails() {
    throw new ValueError('x');
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    print('never printed');
  }

  async function waits() {
    await sleep(10);
  }

  function attempt(group: TaskGroup) {
    try {
      void group.createTask(() => child());
    } catch (error) {
      print((error as Error).message.split('> ')[1]);
    }
  }

  async function main() {
    const group = new TaskGroup();
    attempt(group);
    await group.run(async () => {});
    attempt(group);
    try {
      await group.run(async () => {
        print('never printed');
      });
    } catch (error) {
      print((error as Error).message.split('> ')[1]);
    }
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => waits());
        await sleep(1);
        try {
          void group.createTask(() => fails());
          await sleep(10);
        } finally {
          attempt(group);
        }
      });
    } catch (error) {
      if (!(error instanceof ExceptionGroup)) throw error;
      print(error.errors.map(repr));
    }
  }

  async function fails() {
    throw new ValueError('x');
  }

  await run(main, { loopFactory: virtualLoop });
}
