import { getRunningLoop, operation, type Future } from '@loop/core';
import type { Offloadable } from './offloadable.ts';
import { follow, submitTo } from './run-in-executor.ts';
import { travellingValues } from './travelling-variables.ts';

/**
 * Runs `func(...args)` in the default executor of the running loop, with the values of the context
 * variables that travel.
 *
 * Rejects with the function's own error, or as `runInExecutor` throws.
 *
 * @see CPython `asyncio.to_thread`
 */
export function toThread<A extends readonly unknown[], R>(
  func: Offloadable<A, R>,
  ...args: A
): Future<Awaited<R>> {
  const loop = getRunningLoop();
  return operation(function* () {
    return yield* follow(loop, submitTo(loop, null, func, args, travellingValues()));
  });
}
