import { givenContext, type Context } from '../context/context.ts';
import { checkCallback } from '../error/check-argument.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { Handle } from '../loop/handle.ts';

/**
 * Makes a handle that is not queued: for events that come again and again, which can use one handle
 * each time.
 *
 * @param context - By default a copy of the current one.
 */
export function createHandle<A extends readonly unknown[]>(
  loop: EventLoop,
  callback: (...args: A) => unknown,
  args: A,
  context?: Context | null,
): Handle {
  checkCallback(callback, 'createHandle');
  return new Handle(loop, callback, args, givenContext(context));
}

/**
 * Queues a handle that {@link createHandle} made for the next iteration; one that was cancelled does nothing.
 *
 * @throws {RuntimeError} The loop is closed.
 */
export function enqueueHandle(loop: EventLoop, handle: Handle): void {
  loop._enqueue(handle);
}
