// What a leftover task throws is reported, and does not change the outcome of the run.
import { createTask, getRunningLoop, run, sleep, type Task, ValueError } from '@loop/core';
import { repr, type Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* leftover() {
    try {
      yield* sleep(1000);
    } catch {
      throw new ValueError('on the way out');
    }
  }

  function* main() {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_loop, context) =>
      print(context.message, repr(context.exception), context.task === task),
    );
    task = createTask(leftover());
    yield* sleep(0);
    return 'result';
  }

  let task: Task<void>;
  print(await run(main));
}

export async function asynchronous(print: Print): Promise<void> {
  async function leftover() {
    try {
      await sleep(1000);
    } catch {
      throw new ValueError('on the way out');
    }
  }

  async function main() {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_loop, context) =>
      print(context.message, repr(context.exception), context.task === task),
    );
    task = createTask(() => leftover());
    await sleep(0);
    return 'result';
  }

  let task: Task<void>;
  print(await run(main));
}
