/**
 * A job on another thread that talks to the loop while it computes.
 *
 * What to see: functions do not cross threads, so the loop publishes some by name. The job tells how far
 * it is by `callSoonThreadsafe`, which wakes the loop at once, and asks it something by
 * `runCoroutineThreadsafe`, whose outcome it awaits.
 */
import { fileURLToPath } from 'node:url';
import { attachLoop, getRunningLoop, run, sleep, type LoopRef } from '@loop/core';
import { moduleFunction, toThread } from '@loop/executor';

/** Runs on the other thread. */
export async function sumOfSquares(ref: LoopRef, upTo: number): Promise<number> {
  using loop = attachLoop(ref);
  let sum = 0;
  for (let part = 1; part <= 4; part += 1) {
    for (let i = ((part - 1) * upTo) / 4 + 1; i <= (part * upTo) / 4; i += 1) sum += i * i;
    loop.callSoonThreadsafe('progress', part / 4);
  }
  const scale = await loop.runCoroutineThreadsafe<number>('askForScale');
  return sum * scale;
}

async function main(): Promise<void> {
  const loop = getRunningLoop();
  loop.publish('progress', (share: number) => console.log(`${100 * share} % done`));
  loop.publish('askForScale', async () => {
    await sleep(0.01);
    return 10;
  });
  const job = moduleFunction<typeof sumOfSquares>(import.meta.url, 'sumOfSquares');
  console.log(`The sum is ${await toThread(job, loop.share(), 1000)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(main);
