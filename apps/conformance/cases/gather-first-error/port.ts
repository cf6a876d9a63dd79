// The first error ends a gather; the others go on, and their errors are not reported.
import { allTasks, gather, getRunningLoop, run, sleep, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child(name: string, delay: number, fails: boolean) {
    yield* sleep(delay);
    print(name, 'ends');
    if (fails) throw new ValueError(name);
  }

  function* main() {
    getRunningLoop().setExceptionHandler(() => print('never printed'));
    const gathered = gather(child('a', 3, false), child('b', 1, true), child('c', 2, true));
    try {
      yield* gathered;
    } catch (error) {
      print(repr(error));
    }
    print(gathered.done(), gathered.cancelled(), allTasks().size);
    yield* sleep(5);
    print(allTasks().size);
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child(name: string, delay: number, fails: boolean) {
    await sleep(delay);
    print(name, 'ends');
    if (fails) throw new ValueError(name);
  }

  async function main() {
    getRunningLoop().setExceptionHandler(() => print('never printed'));
    const gathered = gather(
      () => child('a', 3, false),
      () => child('b', 1, true),
      () => child('c', 2, true),
    );
    try {
      await gathered;
    } catch (error) {
      print(repr(error));
    }
    print(gathered.done(), gathered.cancelled(), allTasks().size);
    await sleep(5);
    print(allTasks().size);
  }

  await run(main, { loopFactory: virtualLoop });
}
