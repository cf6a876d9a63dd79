import { isFuture } from '../future/is-future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import { runBody } from '../task/operation.ts';
import { isPromiseLike, type Awaitable, type Coroutine } from '../task/task-body.ts';

/**
 * Awaits anything that can be awaited, as a part of the current task: a body does not become a task
 * of its own. A promise is followed by a future, so that the wait can be cancelled.
 *
 * @throws {TypeError} It cannot be awaited.
 */
export function* awaitAny<T>(aw: Awaitable<T>): Coroutine<T> {
  if (isFuture(aw)) return yield* aw;
  if (typeof aw !== 'function' && isPromiseLike(aw)) return yield* wrapFuture(aw);
  return yield* runBody(aw);
}
