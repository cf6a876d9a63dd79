// SystemExit of the body comes out as it is, once the children have ended.
import { run, sleep, SystemExit, TaskGroup } from '@loop/core';
import { className, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    try {
      yield* sleep(5);
    } finally {
      yield* sleep(1);
      print('child ended');
    }
  }

  function* main() {
    try {
      yield* TaskGroup.run(function* (group) {
        void group.createTask(child());
        yield* sleep(1);
        throw new SystemExit(5);
      });
    } catch (error) {
      print(className(error), (error as SystemExit).code);
    }
    return 'went on';
  }

  print(await run(main, { loopFactory: virtualLoop }));
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    try {
      await sleep(5);
    } finally {
      await sleep(1);
      print('child ended');
    }
  }

  async function main() {
    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => child());
        await sleep(1);
        throw new SystemExit(5);
      });
    } catch (error) {
      print(className(error), (error as SystemExit).code);
    }
    return 'went on';
  }

  print(await run(main, { loopFactory: virtualLoop }));
}
