import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects everything unreachable, and lets the finalizers run. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    // What a WeakRef was asked for stays alive until the present job is over.
    await macrotask();
    collect();
  }
  await macrotask();
}

const macrotask = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
