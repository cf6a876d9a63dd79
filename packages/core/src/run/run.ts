import { RuntimeError } from '../error/errors.ts';
import { runningLoop } from '../loop/running-loop.ts';
import type { Awaitable } from '../task/task-body.ts';
import { Runner, type RunnerOptions } from './runner.ts';

/**
 * Runs `main` on a new loop and gives its result; in the end all tasks are cancelled, async
 * generators and the default executor shut down, and the loop is closed.
 *
 * Rejects with main's own error; `RuntimeError` if called from inside a running loop; `TypeError`
 * if `main` cannot be awaited.
 *
 * ```ts
 * await run(async () => {
 *   await sleep(1);
 * });
 * ```
 *
 * @see CPython `asyncio.run`
 */
export async function run<T>(main: Awaitable<T>, options: RunnerOptions = {}): Promise<T> {
  if (runningLoop() !== null) {
    throw new RuntimeError('run() cannot be called from a running event loop');
  }
  const runner = new Runner(options);
  try {
    return await runner.run(main);
  } finally {
    await runner.close();
  }
}
