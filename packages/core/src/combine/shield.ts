import { ensureFuture } from '../future/ensure-future.ts';
import type { Future } from '../future/future.ts';
import type { ExceptionContext } from '../loop/exception-handler.ts';
import type { Awaitable } from '../task/task-body.ts';
import { outcomeOf } from './outcome.ts';

/**
 * Waits for `aw`, but does not hand a cancellation on to it: cancelling whoever awaits the result
 * leaves `aw` running. Its own outcome, cancellation included, comes through.
 *
 * ```ts
 * await shield(commit);
 * ```
 *
 * A future that is done is returned itself. An error that comes after the result was cancelled goes
 * to the loop's exception handler. Give it the function, `shield(commit)`: the async function of a
 * promise, `shield(commit())`, is a part of the task that called it, and cancelled with that.
 *
 * @throws {TypeError} `aw` cannot be awaited.
 * @throws {RuntimeError} There is no loop.
 * @see CPython `asyncio.shield`
 */
export function shield<T>(aw: Awaitable<T>): Future<T> {
  const inner = ensureFuture(aw);
  if (inner.done()) return inner;
  const outer = inner.getLoop().createFuture<T>();
  const pass = (): void => {
    if (outer.done()) return;
    const outcome = outcomeOf(inner);
    if (!outcome.failed) outer.setResult(outcome.value);
    else if (inner.cancelled()) outer.cancel();
    else outer._fail(outcome.error);
  };
  inner.addDoneCallback(pass);
  outer.addDoneCallback(() => {
    if (inner.done()) return;
    inner.removeDoneCallback(pass);
    // Several shields of one future report its error once.
    inner.removeDoneCallback(reportError);
    inner.addDoneCallback(reportError);
  });
  return outer;
}

function reportError(inner: Future): void {
  const outcome = outcomeOf(inner);
  if (!outcome.failed || inner.cancelled()) return;
  const { error } = outcome;
  const name = error instanceof Error ? error.name : typeof error;
  const context: ExceptionContext = {
    message: `${name} exception in shielded future`,
    exception: error,
    future: inner,
  };
  inner.getLoop().callExceptionHandler(context);
}
