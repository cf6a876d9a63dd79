import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import { resumeStored, runStored, storedScope, type Scope } from '../loop/scope.ts';
import type { Driver } from './driver.ts';
import { stepGenerator } from './step-generator.ts';
import { isCoroutine, isGeneratorFunction, isPromiseLike, type Coroutine } from './task-body.ts';

/**
 * The first step of a driver: finds out which of the two styles the body has.
 *
 * A generator is stepped from here on. An async function runs on by itself in microtasks; it is
 * started under the driver's scope, which its awaits will find there.
 */
export function startBody<T>(driver: Driver<T>): void {
  const body = driver._body;
  let started: unknown = body;
  if (typeof body === 'function') {
    try {
      if (isGeneratorFunction(body)) {
        started = body();
      } else {
        started = runStored(driver as Scope, body);
        if (isCoroutine(started)) claim(started, driver);
      }
    } catch (error) {
      driver._end(error);
      return;
    }
  }
  if (started instanceof Future) started = awaitOnly(started);
  if (isCoroutine(started)) {
    driver._body = started as Coroutine<T>;
    stepGenerator(driver, started as Coroutine<T>, undefined);
  } else if (isPromiseLike(started)) {
    driver._body = null;
    driver._loop._microtasksQueued = true;
    if (storedScope() === undefined) resumeStored(driver);
    // What is no promise of the language's own may throw, or call both, or at once.
    Promise.resolve(started).then(
      (value) => driver._return(value),
      (error: unknown) => driver._end(error),
    );
  } else {
    driver._end(
      new TypeError(
        `a coroutine was expected, got ${describe(started)} from ${describe(body)}: a task's body has to be async or a generator`,
      ),
    );
  }
}

/** The body of a function that returned a future. */
function* awaitOnly<T>(future: Future<T>): Coroutine<T> {
  return yield* future;
}

/**
 * Claims a coroutine object for `driver`: it can be driven once.
 *
 * @throws {RuntimeError} It has been driven before.
 */
export function claim(body: unknown, driver: Future): void {
  if (typeof body === 'function') return;
  const marked = body as { [drivenBy]?: Future };
  const other = marked[drivenBy];
  if (other !== undefined) {
    throw new RuntimeError(
      other.done()
        ? 'cannot reuse already awaited coroutine'
        : 'coroutine is being awaited already',
    );
  }
  marked[drivenBy] = driver;
}

const drivenBy = Symbol('driven by');
