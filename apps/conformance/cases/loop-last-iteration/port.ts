// A run ends in the iteration that calls the done callbacks; what is queued later waits for the
// next run.
import { currentTask, newEventLoop, sleep } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  function* main() {
    print('step');
    loop.callSoon(print, 'queued by the last step');
    currentTask()?.addDoneCallback(() => print('done callback'));
    return 'result';
  }

  const loop = newEventLoop();
  loop.callSoon(tick, 1);
  print(await loop.runUntilComplete(main));
  print('second run');
  await loop.runUntilComplete(() => sleep(0));
  loop.close();
}

export async function asynchronous(print: Print): Promise<void> {
  function tick(n: number) {
    print('tick', n);
    if (n < 5) loop.callSoon(tick, n + 1);
  }

  async function main() {
    print('step');
    loop.callSoon(print, 'queued by the last step');
    currentTask()?.addDoneCallback(() => print('done callback'));
    return 'result';
  }

  const loop = newEventLoop();
  loop.callSoon(tick, 1);
  print(await loop.runUntilComplete(main));
  print('second run');
  await loop.runUntilComplete(() => sleep(0));
  loop.close();
}
