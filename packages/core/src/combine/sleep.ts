import { checkNumber } from '../error/check-argument.ts';
import { ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { operation, turn } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';

/**
 * Waits for `delay` seconds, and gives `result`. A delay of 0 or less gives all others one turn.
 *
 * Rejects with `ValueError` if `delay` is NaN, and with `TypeError` if it is no number.
 *
 * @see CPython `asyncio.sleep`
 */
export function sleep(delay: number): Future<void>;
export function sleep<T>(delay: number, result: T): Future<T>;
export function sleep<T>(delay: number, result?: T): Future<T | undefined> {
  // What is no number is compared with no error, or with one that does not name it.
  return typeof delay === 'number' && delay <= 0
    ? turn(result)
    : operation(() => sleeping(delay, result));
}

function* sleeping<T>(delay: number, result: T): Coroutine<T> {
  if (Number.isNaN(delay)) throw new ValueError('Invalid delay: NaN (not a number)');
  checkNumber(delay, 'delay');
  const loop = getRunningLoop();
  const over = loop.createFuture<T>();
  const timer = loop.callLater(delay, () => {
    if (!over.done()) over.setResult(result);
  });
  try {
    return yield* over;
  } finally {
    timer.cancel();
  }
}
