// wait() refuses a single future, an empty set, coroutines, and unknown conditions.
import { createTask, run, wait } from '@loop/core';
import { className, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    return 'child';
  }

  function* main() {
    const task = createTask(child());
    for (const attempt of [
      () => wait(task as never),
      () => wait([]),
      () => wait([child as never]),
      () => wait([task], { returnWhen: 'SOMETIME' as never }),
    ]) {
      try {
        yield* attempt();
      } catch (error) {
        print(className(error));
      }
    }
    const [done, pending] = yield* wait([task, task, task].values());
    print(done.size, pending.size, [...done][0]?.result());
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    return 'child';
  }

  async function main() {
    const task = createTask(() => child());
    for (const attempt of [
      () => wait(task as never),
      () => wait([]),
      () => wait([child as never]),
      () => wait([task], { returnWhen: 'SOMETIME' as never }),
    ]) {
      try {
        await attempt();
      } catch (error) {
        print(className(error));
      }
    }
    const [done, pending] = await wait([task, task, task].values());
    print(done.size, pending.size, [...done][0]?.result());
  }

  await run(main);
}
