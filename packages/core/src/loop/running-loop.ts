import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { AbstractEventLoop } from './abstract-event-loop.ts';
import type { EventLoop } from './event-loop.ts';
import { currentScope, type Scope } from './scope.ts';

let installed: AbstractEventLoop | null = null;
let makeLoop: (() => EventLoop) | null = null;

/** The loop that runs the calling callback, task step or async function, or `null`. */
export function runningLoop(): EventLoop | null {
  const loop = currentScope()._loop;
  return loop !== null && loop.isRunning() ? loop : null;
}

/**
 * The loop that runs the calling code.
 *
 * @throws {RuntimeError} The code is not run by a loop.
 * @see CPython `asyncio.get_running_loop`
 */
export function getRunningLoop(): EventLoop {
  return runningLoopOf(currentScope());
}

/** As {@link getRunningLoop}, where the scope of the calling code is known. */
export function runningLoopOf(scope: Scope): EventLoop {
  const loop = scope._loop;
  if (loop === null || !loop.isRunning()) throw new RuntimeError(NO_RUNNING_LOOP);
  return loop;
}

const NO_RUNNING_LOOP =
  'no running event loop: this can be called by what run(), a Runner or loop.runForever() runs, as in `await run(async () => { ... })`';

/**
 * The running loop, else the one that was set; never makes one.
 *
 * @throws {RuntimeError} There is neither.
 * @see CPython `asyncio.get_event_loop`
 */
export function getEventLoop(): EventLoop {
  const loop = runningLoop() ?? installed;
  if (loop === null)
    throw new RuntimeError("There is no current event loop in thread 'MainThread'.");
  return loop as EventLoop;
}

/**
 * Sets the loop that `getEventLoop()` gives on this thread while none is running; `null` clears it.
 *
 * @throws {TypeError} `loop` is no loop.
 * @see CPython `asyncio.set_event_loop`
 */
export function setEventLoop(loop: AbstractEventLoop | null): void {
  if (loop !== null && !(loop instanceof AbstractEventLoop)) {
    throw new TypeError(
      `loop must be an instance of AbstractEventLoop or None, not ${describe(loop)}`,
    );
  }
  installed = loop;
}

/** The loop that was set, whether one is running or not. */
export function installedLoop(): AbstractEventLoop | null {
  return installed;
}

/**
 * Makes a new loop: neither running nor set.
 *
 * @see CPython `asyncio.new_event_loop`
 */
export function newEventLoop(): EventLoop {
  if (makeLoop === null) throw new RuntimeError('the package is not loaded completely');
  return makeLoop();
}

/** How `newEventLoop()` makes a loop; said by the loop's own module, which needs this one. */
export function provideLoop(make: () => EventLoop): void {
  makeLoop = make;
}
