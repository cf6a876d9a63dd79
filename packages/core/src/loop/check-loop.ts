import { describe } from '../error/describe.ts';
import { AbstractEventLoop } from './abstract-event-loop.ts';
import type { EventLoop } from './event-loop.ts';

/**
 * For functions that need the parts of a loop that only ours has.
 *
 * @throws {TypeError} `loop` is anything else, such as a loop of somebody's own.
 */
export function checkLoop(loop: unknown, method: string): asserts loop is EventLoop {
  if (!isOurLoop(loop)) {
    throw new TypeError(
      `Expected the loop of ${method}() to be an EventLoop, got ${describe(loop)}`,
    );
  }
}

/** Whether `loop` has the parts of ours. */
export function isOurLoop(loop: unknown): loop is EventLoop {
  return loop instanceof AbstractEventLoop && '_host' in loop;
}
