// Cancelling a shield, or its awaiter, leaves the inner task running.
import { createTask, run, shield, sleep, type Task, ValueError, wait } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* inner(fails = false) {
    yield* sleep(5);
    print('inner ends');
    if (fails) throw new ValueError('inner');
    return 'inner';
  }

  function* awaiter(task: Task<string>) {
    try {
      return yield* shield(task);
    } catch (error) {
      print('awaiter', repr(error));
      throw error;
    }
  }

  function* main() {
    let task = createTask(inner());
    const outer = createTask(awaiter(task));
    yield* sleep(1);
    outer.cancel('outer');
    yield* wait([outer]);
    print(outer.cancelled(), task.done());
    print(yield* shield(task));
    print(shield(task) === task);
    try {
      yield* shield(inner(true));
    } catch (error) {
      print(repr(error));
    }
    task = createTask(inner());
    const shielded = shield(task);
    yield* sleep(1);
    task.cancel();
    yield* wait([shielded]);
    print(shielded.cancelled(), task.cancelled());
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function inner(fails = false) {
    await sleep(5);
    print('inner ends');
    if (fails) throw new ValueError('inner');
    return 'inner';
  }

  async function awaiter(task: Task<string>) {
    try {
      return await shield(task);
    } catch (error) {
      print('awaiter', repr(error));
      throw error;
    }
  }

  async function main() {
    let task = createTask(() => inner());
    const outer = createTask(() => awaiter(task));
    await sleep(1);
    outer.cancel('outer');
    await wait([outer]);
    print(outer.cancelled(), task.done());
    print(await shield(task));
    print(shield(task) === task);
    try {
      await shield(() => inner(true));
    } catch (error) {
      print(repr(error));
    }
    task = createTask(() => inner());
    const shielded = shield(task);
    await sleep(1);
    task.cancel();
    await wait([shielded]);
    print(shielded.cancelled(), task.cancelled());
  }

  await run(main, { loopFactory: virtualLoop });
}
