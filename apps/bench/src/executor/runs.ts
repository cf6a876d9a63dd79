/** How each row is run by a JavaScript library: what is measured is the time until all of it is done. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Run } from '../harness/workload.ts';
import { BYTES, type Library, type PoolCase } from './pool-case.ts';
import { pools, type Submit } from './pools.ts';

/** Sets a row up; `undefined` if the library has no such thing. */
export async function startRun(
  library: Exclude<Library, 'python'>,
  case_: PoolCase,
): Promise<Run | undefined> {
  if (case_.place === 'another thread') return library === 'loop' ? callLoop() : undefined;
  if (case_.place === 'the loop') return library === 'loop' ? runInExecutor(case_) : undefined;
  const submit = await pools[library][case_.place]?.(case_.job);
  return submit && inBatches(submit, case_);
}

function inBatches(submit: Submit, { argument, batch }: PoolCase): Run {
  const move = argument === 'moved';
  const slots = Array.from({ length: batch }, (_, index) => index);
  // What is moved comes back as the result.
  const moved = move ? slots.map(() => new Uint8Array(BYTES)) : [];
  const kept = argument === 'copied' ? new Uint8Array(BYTES) : null;
  const submitAt = async (slot: number): Promise<void> => {
    const result = await submit(moved[slot] ?? kept, move);
    if (move) moved[slot] = result as Uint8Array<ArrayBuffer>;
  };
  const submitOnce = (): PromiseLike<unknown> => submit(kept, false);
  return async (count) => {
    let done = 0;
    for (; done < count; done += batch) await Promise.all(slots.map(move ? submitAt : submitOnce));
    return done;
  };
}

async function runInExecutor({ batch }: PoolCase): Promise<Run> {
  const { newEventLoop, gather } = await import('@loop/core');
  const { ThreadPoolExecutor } = await import('@loop/executor');
  const loop = newEventLoop();
  loop.setDefaultExecutor(new ThreadPoolExecutor({ maxWorkers: availableParallelism() }));
  const empty = (): void => {};
  return (count) =>
    loop.runUntilComplete(async () => {
      let done = 0;
      for (; done < count; done += batch) {
        await gather(...Array.from({ length: batch }, () => loop.runInExecutor(null, empty)));
      }
      return done;
    });
}

/** Calls of the loop by one other thread, in batches of a thousand. */
async function callLoop(): Promise<Run> {
  const { newEventLoop } = await import('@loop/core');
  const loop = newEventLoop();
  let left = 0;
  loop.publish('called', () => {
    left -= 1;
    if (left === 0) loop.stop();
  });
  const thread = new Worker(new URL('./calling-thread.js', import.meta.url), {
    workerData: loop.share(),
  });
  return async (count) => {
    left = count;
    thread.postMessage(count);
    await loop.runForever();
    return count;
  };
}
