/**
 * The document's example of `run_in_executor`: a blocking read and a long computation, each where it
 * does not block the loop.
 *
 * What to see: four pools, one call. `blockingIo` is named by this module, which workers load for it;
 * therefore the program starts behind a guard. `cpuBound` needs nothing around it, and is sent as it is.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getRunningLoop, run } from '@loop/core';
import {
  InterpreterPoolExecutor,
  moduleFunction,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from '@loop/executor';

/** File operations (such as logging) can block the event loop: run them in a thread pool. */
export function blockingIo(): string {
  const file = openSync('/dev/urandom', 'r');
  try {
    const bytes = Buffer.alloc(100);
    return bytes.toString('hex', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** CPU-bound operations will block the event loop: in general it is preferable to run them in a process pool. */
function cpuBound(): bigint {
  let sum = 0n;
  for (let i = 0; i < 10 ** 7; i += 1) sum += BigInt(i * i);
  return sum;
}

async function main(): Promise<void> {
  const loop = getRunningLoop();
  const readsRandom = moduleFunction<typeof blockingIo>(import.meta.url, 'blockingIo');

  // 1. Run in the default loop's executor:
  console.log(`default thread pool ${await loop.runInExecutor(null, readsRandom)}`);

  // 2. Run in a custom thread pool:
  {
    await using pool = new ThreadPoolExecutor();
    console.log(`custom thread pool ${await loop.runInExecutor(pool, readsRandom)}`);
  }

  // 3. Run in a custom process pool:
  {
    await using pool = new ProcessPoolExecutor();
    console.log(`custom process pool ${await loop.runInExecutor(pool, cpuBound)}`);
  }

  // 4. Run in a custom interpreter pool:
  {
    await using pool = new InterpreterPoolExecutor();
    console.log(`custom interpreter pool ${await loop.runInExecutor(pool, cpuBound)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(main);
