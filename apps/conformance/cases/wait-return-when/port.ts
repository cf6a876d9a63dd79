// wait() returns at the first completion, the first error or the last completion, and throws
// nothing.
import {
  ALL_COMPLETED,
  createTask,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  getRunningLoop,
  run,
  sleep,
  type Task,
  ValueError,
  wait,
} from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function names(tasks: Iterable<Task<number>>) {
    return [...tasks].map((task) => task.getName()).sort();
  }

  function* child(delay: number, fails = false) {
    yield* sleep(delay);
    if (fails) throw new ValueError('child');
    return delay;
  }

  function* main() {
    const loop = getRunningLoop();
    for (const returnWhen of [FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED] as const) {
      const start = loop.time();
      const tasks = [
        createTask(child(1), { name: 'a' }),
        createTask(child(2, true), { name: 'b' }),
        createTask(child(3), { name: 'c' }),
      ];
      const [done, pending] = yield* wait(tasks, { returnWhen });
      print(returnWhen, Math.round(loop.time() - start), names(done), names(pending));
      yield* wait(tasks);
      print(repr(tasks[1]?.exception()), tasks[2]?.result());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  function names(tasks: Iterable<Task<number>>) {
    return [...tasks].map((task) => task.getName()).sort();
  }

  async function child(delay: number, fails = false) {
    await sleep(delay);
    if (fails) throw new ValueError('child');
    return delay;
  }

  async function main() {
    const loop = getRunningLoop();
    for (const returnWhen of [FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED] as const) {
      const start = loop.time();
      const tasks = [
        createTask(() => child(1), { name: 'a' }),
        createTask(() => child(2, true), { name: 'b' }),
        createTask(() => child(3), { name: 'c' }),
      ];
      const [done, pending] = await wait(tasks, { returnWhen });
      print(returnWhen, Math.round(loop.time() - start), names(done), names(pending));
      await wait(tasks);
      print(repr(tasks[1]?.exception()), tasks[2]?.result());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
