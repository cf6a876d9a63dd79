/**
 * Does a little of everything in core, and gives a line for each thing that happens: the same lines on every
 * runtime. It is run by Node and by a browser.
 */
import {
  ContextVar,
  CancelledError,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  Lock,
  Queue,
  run,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
  type Coroutine,
} from '@loop/core';

export async function everywhere(): Promise<string[]> {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  await run(async () => {
    const loop = getRunningLoop();
    say(`running ${loop.isRunning()}`);

    for (const each of ['one', 'two']) loop.callSoon(say, `callback ${each}`);
    const later = loop.createFuture<string>();
    loop.callLater(0.002, () => later.setResult('later'));
    loop.callLater(0.001, () => say('sooner'));
    say(await later);

    const user = new ContextVar<string>('user');
    user.set('main');
    const child = createTask(
      async () => {
        user.set('child');
        await sleep(0);
        return `${user.get()} in ${currentTask()?.getName()}`;
      },
      { name: 'a child' },
    );
    say(await child);
    say(user.get());

    function* generator(): Coroutine<string> {
      yield* sleep(0);
      return `${currentTask()?.getName()}`;
    }
    say(
      (await gather(createTask(generator, { name: 'generator' }), () => sleep(0, 'async'))).join(),
    );

    const cancelled = createTask(async () => {
      try {
        await sleep(3600);
      } catch (error) {
        say(`cleaned up ${error instanceof CancelledError}`);
        throw error;
      }
    });
    await sleep(0);
    cancelled.cancel();
    try {
      await cancelled;
    } catch (error) {
      say(String(error instanceof CancelledError));
    }

    try {
      await timeout(0.001, () => sleep(3600));
    } catch (error) {
      say(`timeout ${error instanceof TimeoutError}`);
    }

    const queue = new Queue<number>(2);
    const lock = new Lock();
    await TaskGroup.run(async (group) => {
      void group.createTask(async () => {
        for await (const item of queue) {
          await lock.acquire();
          say(`item ${item}`);
          lock.release();
        }
      });
      for (const item of [1, 2, 3]) await queue.put(item);
      queue.shutdown();
    });

    try {
      await TaskGroup.run(async (group) => {
        void group.createTask(() => Promise.reject(new RangeError('broken')));
        await sleep(3600);
      });
    } catch (error) {
      say((error as AggregateError).errors.map(String).join());
    }
    say(await Promise.race([fetchLike(), sleep(3600, 'never')]));
  });
  return lines;
}

/** A promise that is not the loop's. */
async function fetchLike(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return 'fetched';
}
