import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const collect = collector();

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

/** V8 has its collector as a global where it is asked to; Bun has a function of its own. */
function collector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(force: boolean): void } };
  if (Bun !== undefined) return () => Bun.gc(true);
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
