import { checkNumber } from '../error/check-argument.ts';
import { CancelledError, TimeoutError } from '../error/errors.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import type { Future } from '../future/future.ts';
import { operation } from '../task/operation.ts';
import type { Awaitable, Coroutine } from '../task/task-body.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { awaitAny } from './await-any.ts';
import { timeout as withTimeout } from './timeout.ts';

/**
 * Waits for `aw`, but no longer than `timeout` seconds; `null` is no limit. When the time is over,
 * or the wait is cancelled, `aw` is cancelled, and the wait ends once it has ended.
 *
 * ```ts
 * const reply = await waitFor(request, 2.5);
 * ```
 *
 * A coroutine or function runs as a part of the current task. With a timeout of 0 or less it is not
 * started at all.
 *
 * Rejects with `TimeoutError`, whose `cause` is the `CancelledError`. If `aw` ends with a result or
 * another error in spite of being cancelled, that is what comes out. Rejects with `TypeError` if
 * `aw` cannot be awaited or `timeout` is no number.
 *
 * @see CPython `asyncio.wait_for`
 */
export function waitFor<T>(aw: Awaitable<T>, timeout: number | null): Future<T> {
  return operation(() => waitingFor(aw, timeout));
}

function* waitingFor<T>(aw: Awaitable<T>, timeout: number | null): Coroutine<T> {
  if (timeout === null || timeout === undefined) return yield* awaitAny(aw);
  checkNumber(timeout, 'timeout');
  if (timeout <= 0) return yield* resultOrTimeout(aw);
  return yield* withTimeout(timeout, () => awaitAny(aw));
}

/** There is no time to wait: what is not done is cancelled. */
function* resultOrTimeout<T>(aw: Awaitable<T>): Coroutine<T> {
  const future = ensureFuture(aw);
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    throw new TimeoutError('', { cause: error });
  }
}

/** Waits by a future of its own: cancelling this wait must not depend on what `future` does. */
function* cancelAndWait(future: Future): Coroutine<void> {
  const ended = getRunningLoop().createFuture<void>();
  const end = (): void => {
    if (!ended.done()) ended.setResult();
  };
  future.addDoneCallback(end);
  try {
    future.cancel();
    yield* ended;
  } finally {
    future.removeDoneCallback(end);
  }
}
