// A child that is cancelled ends the gather with that error, but does not cancel it.
import { createTask, currentTask, gather, run, sleep } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string) {
    yield* sleep(3);
    print(name, 'ends');
    return name;
  }

  function* main() {
    const first = createTask(child('first'));
    const second = createTask(child('second'));
    const gathered = gather(first, second);
    yield* sleep(1);
    first.cancel('only the first');
    try {
      yield* gathered;
    } catch (error) {
      print(repr(error));
    }
    print(gathered.done(), gathered.cancelled(), repr(gathered.exception()));
    print(yield* second, currentTask()?.cancelling());
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string) {
    await sleep(3);
    print(name, 'ends');
    return name;
  }

  async function main() {
    const first = createTask(() => child('first'));
    const second = createTask(() => child('second'));
    const gathered = gather(first, second);
    await sleep(1);
    first.cancel('only the first');
    try {
      await gathered;
    } catch (error) {
      print(repr(error));
    }
    print(gathered.done(), gathered.cancelled(), repr(gathered.exception()));
    print(await second, currentTask()?.cancelling());
  }

  await run(main, { loopFactory: virtualLoop });
}
