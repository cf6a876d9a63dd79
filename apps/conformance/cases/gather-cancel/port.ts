// Cancelling a gather, or its awaiter, cancels all unfinished children.
import { createTask, gather, run, sleep, wait } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number) {
    try {
      yield* sleep(delay);
      return name;
    } catch (error) {
      print(name, repr(error));
      yield* sleep(delay / 10);
      print(name, 'cleaned up');
      throw error;
    }
  }

  function* awaiter(returnExceptions: boolean) {
    const gathered = gather(child('quick', 1), child('a', 5), child('b', 6), { returnExceptions });
    try {
      yield* gathered;
    } catch (error) {
      print('awaiter', repr(error), gathered.done(), gathered.cancel());
      throw error;
    }
  }

  function* main() {
    for (const returnExceptions of [false, true]) {
      const task = createTask(awaiter(returnExceptions));
      yield* sleep(2);
      task.cancel('all of it');
      yield* wait([task]);
      print(task.cancelled());
    }
    const gathered = gather(child('c', 3));
    yield* sleep(2);
    print(gathered.cancel('directly'));
    try {
      yield* gathered;
    } catch (error) {
      print('main', repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number) {
    try {
      await sleep(delay);
      return name;
    } catch (error) {
      print(name, repr(error));
      await sleep(delay / 10);
      print(name, 'cleaned up');
      throw error;
    }
  }

  async function awaiter(returnExceptions: boolean) {
    const gathered = gather(
      () => child('quick', 1),
      () => child('a', 5),
      () => child('b', 6),
      { returnExceptions },
    );
    try {
      await gathered;
    } catch (error) {
      print('awaiter', repr(error), gathered.done(), gathered.cancel());
      throw error;
    }
  }

  async function main() {
    for (const returnExceptions of [false, true]) {
      const task = createTask(() => awaiter(returnExceptions));
      await sleep(2);
      task.cancel('all of it');
      await wait([task]);
      print(task.cancelled());
    }
    const gathered = gather(() => child('c', 3));
    await sleep(2);
    print(gathered.cancel('directly'));
    try {
      await gathered;
    } catch (error) {
      print('main', repr(error));
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
