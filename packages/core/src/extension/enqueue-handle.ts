import { givenContext, type Context } from '../context/context.ts';
import { checkCallback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { Handle } from '../loop/handle.ts';
import { checkLoop } from '../loop/check-loop.ts';

/**
 * Makes a handle that is not queued: for events that come again and again, which can use one handle
 * each time.
 *
 * @param context - By default a copy of the current one.
 * @throws {TypeError} `loop` is no EventLoop, `callback` no function, or `args` no array.
 */
export function createHandle<A extends readonly unknown[]>(
  loop: EventLoop,
  callback: (...args: A) => unknown,
  args: A,
  context?: Context | null,
): Handle {
  checkLoop(loop, 'createHandle');
  checkCallback(callback, 'createHandle');
  if (!Array.isArray(args)) {
    throw new TypeError(`Expected args to be an array, got ${describe(args)}`);
  }
  return new Handle(loop, callback, args, givenContext(context));
}

/**
 * Queues a handle that {@link createHandle} made for the next iteration; one that was cancelled does nothing.
 *
 * @throws {RuntimeError} The loop is closed.
 * @throws {TypeError} `loop` is no EventLoop, or `handle` no handle.
 */
export function enqueueHandle(loop: EventLoop, handle: Handle): void {
  checkLoop(loop, 'enqueueHandle');
  if (!(handle instanceof Handle)) {
    throw new TypeError(`Expected handle to be a Handle, got ${describe(handle)}`);
  }
  loop._enqueue(handle);
}
