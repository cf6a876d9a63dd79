import { isExit, RuntimeError } from '../error/errors.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import type { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import type { TaskBody } from '../task/task-body.ts';
import type { EventLoop } from './event-loop.ts';

/** See `AbstractEventLoop.runUntilComplete`. */
export async function runUntilComplete<T>(
  loop: EventLoop,
  awaitable: Future<T> | PromiseLike<T> | TaskBody<T>,
): Promise<T> {
  loop._checkRunnable();
  const isNew = !isFuture(awaitable);
  const future = ensureFuture(awaitable, { loop });
  const stop = (done: Future<T>): void => {
    // An exit has ended the run already: this callback belongs to the next one.
    if (done.cancelled() || !isExit(done.exception())) loop.stop();
  };
  future.addDoneCallback(stop);
  try {
    await loop.runForever();
  } catch (error) {
    // An exit that the coroutine itself raised is on its way out: nobody has to retrieve it again.
    if (isNew && future.done() && !future.cancelled()) future._markRetrieved();
    throw error;
  } finally {
    future.removeDoneCallback(stop);
  }
  if (!future.done()) throw new RuntimeError('Event loop stopped before Future completed.');
  return future.result();
}
