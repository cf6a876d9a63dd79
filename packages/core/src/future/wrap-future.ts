import { describe } from '../error/describe.ts';
import { CancelledError } from '../error/errors.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { isPromiseLike } from '../task/task-body.ts';
import type { Future } from './future.ts';
import { givenLoop, type LoopOption } from './given-loop.ts';
import { isFuture } from './is-future.ts';

/**
 * A future that follows `promise`; a future is returned as it is. Awaiting the future instead of
 * the promise makes the wait interruptible: it can be cancelled, though the promise goes on. A
 * promise that has a `cancel()` method of its own, as the futures of executors have, is told.
 *
 * @param options - `loop` defaults to the running loop, else to the one that is set.
 * @throws {TypeError} `promise` is neither.
 * @see CPython `asyncio.wrap_future`
 */
export function wrapFuture<T>(promise: PromiseLike<T>, options: LoopOption = {}): Future<T> {
  const given = givenLoop(options, 'wrapFuture');
  if (isFuture(promise)) return promise as Future<T>;
  if (!isPromiseLike(promise)) {
    throw new TypeError(`Expected a promise or a future, got ${describe(promise)}`);
  }
  const loop = given ?? getEventLoop();
  const future = loop.createFuture<T>();
  // The outcome arrives through the loop: no coroutine goes on between two of its callbacks.
  const arrive = (settle: () => void): void => {
    if (!future.done() && !loop.isClosed()) {
      loop.callSoonThreadsafe(() => {
        if (!future.done()) settle();
      });
    }
  };
  promise.then(
    (value) => arrive(() => future.setResult(value)),
    (error: unknown) =>
      arrive(() => {
        if (error instanceof CancelledError) future.cancel(...error.args);
        else future._fail(error);
      }),
  );
  const { cancel } = promise as { cancel?: unknown };
  if (typeof cancel === 'function') {
    future.addDoneCallback(() => {
      if (future.cancelled()) (cancel as () => void).call(promise);
    });
  }
  return future;
}
