import { RuntimeError } from '../error/errors.ts';
import { describe } from '../error/describe.ts';
import { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import type { Driver } from './driver.ts';
import { isCoroutine, type Coroutine } from './task-body.ts';

/** One step of a generator coroutine: up to its next `yield*` of a pending future, or its end. */
export function stepGenerator<T>(
  driver: Driver<T>,
  generator: Coroutine<T>,
  thrown: { readonly error: unknown } | undefined,
): void {
  let result: IteratorResult<unknown, T>;
  try {
    result = thrown === undefined ? generator.next() : generator.throw(thrown.error);
  } catch (error) {
    driver._end(error);
    return;
  }
  if (result.done === true) driver._return(result.value);
  else wait(driver, result.value);
}

function wait(driver: Driver<never> | Driver<unknown>, yielded: unknown): void {
  if (yielded instanceof Future && yielded._blocking) {
    yielded._blocking = false;
    driver._waitFor(yielded);
  } else if (yielded === undefined) {
    // A bare yield gives the others one turn.
    driver._loop._enqueue(driver);
  } else {
    driver._throwNext(new RuntimeError(misuse(driver, yielded)));
  }
}

function misuse(driver: Future<never> | Future, yielded: unknown): string {
  if (isFuture(yielded)) {
    return `yield was used instead of yield* in task ${driver.toString()} with ${describe(yielded)}`;
  }
  if (isCoroutine(yielded)) {
    return `yield was used instead of yield* for generator in task ${driver.toString()} with ${describe(yielded)}`;
  }
  return `Task got bad yield: ${describe(yielded)}`;
}
