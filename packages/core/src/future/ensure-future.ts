import { describe } from '../error/describe.ts';
import { ValueError } from '../error/errors.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { isCoroutine, isPromiseLike, type Awaitable } from '../task/task-body.ts';
import type { Future } from './future.ts';
import { givenLoop, type LoopOption } from './given-loop.ts';
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
export function ensureFuture<T>(awaitable: Awaitable<T>, options: LoopOption = {}): Future<T> {
  const loop = givenLoop(options, 'ensureFuture');
  if (isFuture(awaitable)) {
    const future = awaitable;
    if (loop !== null && future.getLoop() !== loop) {
      throw new ValueError(
        'The future belongs to a different loop than the one specified as the loop argument',
      );
    }
    return future;
  }
  if (typeof awaitable === 'function' || isCoroutine(awaitable)) {
    const on = loop ?? getEventLoop();
    // No task can be made of it, and nobody else has it.
    if (on.isClosed() && typeof awaitable !== 'function') awaitable.return(undefined as T);
    return on.createTask<T>(awaitable);
  }
  if (isPromiseLike(awaitable)) return wrapFuture<T>(awaitable, options);
  throw new TypeError(
    `A Future, a coroutine or an awaitable is required, got ${describe(awaitable)}`,
  );
}
