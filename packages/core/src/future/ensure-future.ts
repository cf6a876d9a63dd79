import { describe } from '../error/describe.ts';
import { ValueError } from '../error/errors.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { isCoroutine, isPromiseLike, type Awaitable } from '../task/task-body.ts';
import type { Future } from './future.ts';
import { isFuture } from './is-future.ts';
import { wrapFuture } from './wrap-future.ts';

/**
 * A future for anything that can be awaited: a future itself, a task made of a body, or a future
 * that follows a promise.
 *
 * @param options - `loop` defaults to the running loop, else to the one that is set.
 * @throws {ValueError} The future belongs to another loop than the one given.
 * @throws {TypeError} `awaitable` cannot be awaited.
 * @throws {RuntimeError} There is no loop, or it is closed.
 * @see CPython `asyncio.ensure_future`
 */
export function ensureFuture<T>(
  awaitable: Awaitable<T>,
  options: { loop?: AbstractEventLoop | null | undefined } = {},
): Future<T> {
  if (isFuture(awaitable)) {
    const future = awaitable;
    const { loop } = options;
    if (loop !== undefined && loop !== null && future.getLoop() !== loop) {
      throw new ValueError(
        'The future belongs to a different loop than the one specified as the loop argument',
      );
    }
    return future;
  }
  if (typeof awaitable === 'function' || isCoroutine(awaitable)) {
    return (options.loop ?? getEventLoop()).createTask<T>(awaitable);
  }
  if (isPromiseLike(awaitable)) return wrapFuture<T>(awaitable, options);
  throw new TypeError(
    `An asyncio.Future, a coroutine or an awaitable is required, got ${describe(awaitable)}`,
  );
}
