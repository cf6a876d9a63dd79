import { describe } from '../error/describe.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import { Task } from './task.ts';

/**
 * Cancels `future` when `signal` is aborted, at once if it is so already; the signal's reason is kept in
 * the `args` of the `CancelledError`. Once the future is done the signal is left alone.
 *
 * ```ts
 * const task = cancelOnAbort(loop.createTask(commit), AbortSignal.timeout(5000));
 * ```
 *
 * @returns `future` itself, so that a call can be awaited in its place.
 * @throws {TypeError} One of them is something else.
 */
export function cancelOnAbort<F extends Future>(future: F, signal: AbortSignal): F {
  checkFuture(future);
  checkSignal(signal);
  if (future.done()) return future;
  const abort = (): void => {
    // A loop that is closed could tell nobody.
    if (!future.getLoop().isClosed()) future.cancel(signal.reason);
  };
  if (signal.aborted) {
    abort();
    return future;
  }
  signal.addEventListener('abort', abort, { once: true });
  future.addDoneCallback(() => signal.removeEventListener('abort', abort));
  return future;
}

/**
 * A signal that is aborted when `future` is cancelled, with the `CancelledError` as its reason: for `fetch` and
 * everything else that takes one. That of a task is {@link Task.signal}, which tells of the request already.
 *
 * @throws {TypeError} `future` is none.
 */
export function abortSignalOf(future: Future): AbortSignal {
  checkFuture(future);
  if (future instanceof Task) return future.signal;
  const controller = new AbortController();
  const follow = (): void => {
    if (future.cancelled()) controller.abort(reasonOf(future));
  };
  if (future.done()) follow();
  else future.addDoneCallback(follow);
  return controller.signal;
}

function reasonOf(future: Future): unknown {
  try {
    future.result();
  } catch (error) {
    return error;
  }
  return new CancelledError();
}

function checkFuture(future: unknown): void {
  if (!isFuture(future)) throw new TypeError(`Expected a future, got ${describe(future)}`);
}

function checkSignal(signal: unknown): void {
  const known = typeof signal === 'object' && signal !== null;
  if (!known || !('aborted' in signal) || !('addEventListener' in signal)) {
    throw new TypeError(`Expected signal to be an AbortSignal, got ${describe(signal)}`);
  }
}
