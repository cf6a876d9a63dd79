import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { isCoroutine, type TaskBody } from '../task/task-body.ts';
import type { Task } from '../task/task.ts';
import { PoolFuture } from './pool-future.ts';

/**
 * Has `loop` run `body` as a task, from code that is not run by it: a foreign callback, a signal
 * handler, another loop of the thread. From other threads see `attachLoop`.
 *
 * @returns The outcome; its `cancel()` cancels the task.
 * @throws {TypeError} `body` is no coroutine and no function, or `loop` no loop.
 * @throws {RuntimeError} The loop is closed.
 * @see CPython `asyncio.run_coroutine_threadsafe`
 */
export function runCoroutineThreadsafe<T>(
  body: TaskBody<T>,
  loop: AbstractEventLoop,
): PoolFuture<T> {
  if (typeof body !== 'function' && !isCoroutine(body)) {
    throw new TypeError(`A coroutine object is required, got ${describe(body)}`);
  }
  if (!(loop instanceof AbstractEventLoop)) {
    throw new TypeError(`Expected loop to be an event loop, got ${describe(loop)}`);
  }
  let task: Task<T> | null = null;
  const future = new PoolFuture<T>({
    withdraw: () => {
      if (!loop.isClosed()) loop.callSoonThreadsafe(() => task?.cancel());
      return true;
    },
  });
  loop.callSoonThreadsafe(() => {
    if (future.cancelled()) return;
    try {
      task = loop.createTask(body);
    } catch (error) {
      future.setException(error);
      throw error;
    }
    follow(task, future);
  });
  abandonedBy(loop as EventLoop, future);
  return future;
}

/** Hands the outcome of `task` on. */
function follow<T>(task: Task<T>, future: PoolFuture<T>): void {
  task.addDoneCallback(() => {
    if (future.done()) return;
    if (task.cancelled()) {
      future.setCancelled();
      return;
    }
    const error = task.exception();
    if (error === null) future.setResult(task.result());
    else future.setException(error);
  });
}

/** Fails `future` if the loop closes first: nothing runs its coroutine any more. */
function abandonedBy<T>(loop: EventLoop, future: PoolFuture<T>): void {
  const closed = (): void => future.setException(new RuntimeError('Event loop is closed'));
  loop._closing.add(closed);
  future.addDoneCallback(() => loop._closing.delete(closed));
}
