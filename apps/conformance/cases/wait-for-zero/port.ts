// Without time waitFor() gives what is finished, starts nothing, and cancels what runs.
import { createTask, getRunningLoop, run, sleep, waitFor } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';
import { virtualLoop } from '../../src/virtual-loop.ts';

export async function generator(print: Print): Promise<void> {
  function* child() {
    print('child starts');
    yield* sleep(10);
    return 'child';
  }

  function* main() {
    const finished = getRunningLoop().createFuture<string>();
    finished.setResult('finished');
    print(yield* waitFor(finished, 0));
    print(yield* waitFor(finished, -1));
    try {
      yield* waitFor(child(), 0);
    } catch (error) {
      print(repr(error));
    }
    const task = createTask(child());
    yield* sleep(0);
    try {
      yield* waitFor(task, -1);
    } catch (error) {
      print(repr(error), task.cancelled());
    }
    const inner = createTask(child());
    const outer = createTask(() => waitFor(inner, 5));
    yield* sleep(1);
    outer.cancel('from outside');
    try {
      yield* outer;
    } catch (error) {
      print(repr(error), inner.cancelled());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}

export async function asynchronous(print: Print): Promise<void> {
  async function child() {
    print('child starts');
    await sleep(10);
    return 'child';
  }

  async function main() {
    const finished = getRunningLoop().createFuture<string>();
    finished.setResult('finished');
    print(await waitFor(finished, 0));
    print(await waitFor(finished, -1));
    try {
      await waitFor(() => child(), 0);
    } catch (error) {
      print(repr(error));
    }
    const task = createTask(() => child());
    await sleep(0);
    try {
      await waitFor(task, -1);
    } catch (error) {
      print(repr(error), task.cancelled());
    }
    const inner = createTask(() => child());
    const outer = createTask(() => waitFor(inner, 5));
    await sleep(1);
    outer.cancel('from outside');
    try {
      await outer;
    } catch (error) {
      print(repr(error), inner.cancelled());
    }
  }

  await run(main, { loopFactory: virtualLoop });
}
