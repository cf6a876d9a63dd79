import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { isCoroutine, type TaskBody } from '../task/task-body.ts';
import type { Task } from '../task/task.ts';
import { RemoteFuture } from './remote-future.ts';

/**
 * Has `loop` run `body` as a task, from code that is not run by it: a foreign callback, a signal
 * handler, another loop of the thread. From other threads see `attachLoop`.
 *
 * @returns A promise of the outcome; its `cancel()` cancels the task.
 * @throws {TypeError} `body` is no coroutine and no function, or `loop` no loop.
 * @throws {RuntimeError} The loop is closed.
 * @see CPython `asyncio.run_coroutine_threadsafe`
 */
export function runCoroutineThreadsafe<T>(
  body: TaskBody<T>,
  loop: AbstractEventLoop,
): RemoteFuture<T> {
  if (typeof body !== 'function' && !isCoroutine(body)) {
    throw new TypeError(`A coroutine object is required, got ${describe(body)}`);
  }
  if (!(loop instanceof AbstractEventLoop)) {
    throw new TypeError(`Expected loop to be an event loop, got ${describe(loop)}`);
  }
  let task: Task<T> | null = null;
  let cancelled = false;
  const future = new RemoteFuture<T>(() => {
    cancelled = true;
    if (task !== null && !loop.isClosed()) {
      const started = task;
      loop.callSoonThreadsafe(() => started.cancel());
    }
  });
  loop.callSoonThreadsafe(() => {
    if (cancelled) return;
    try {
      task = loop.createTask(body);
    } catch (error) {
      future._fail(error);
      throw error;
    }
    follow(task, future);
  });
  abandonedBy(loop as EventLoop, future);
  return future;
}

/** Hands the outcome of `task` on. */
function follow<T>(task: Task<T>, future: RemoteFuture<T>): void {
  task.addDoneCallback(() => {
    try {
      future._finish(task.result());
    } catch (error) {
      future._fail(error);
    }
  });
}

/** Fails `future` if the loop closes first: nothing runs its coroutine any more. */
function abandonedBy<T>(loop: EventLoop, future: RemoteFuture<T>): void {
  const closed = (): void => future._fail(new RuntimeError('Event loop is closed'));
  loop._closing.add(closed);
  const settled = (): void => void loop._closing.delete(closed);
  future.then(settled, settled);
}
