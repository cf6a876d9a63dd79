import { CancelledError } from './errors.ts';

/**
 * The cancellation that `error` is, or that has made it: who is told by a signal of a task's or future's
 * (`events.once`, `node:timers/promises`) ends with an `AbortError` whose cause it is.
 */
export function cancellationIn(error: unknown): CancelledError | null {
  if (error instanceof CancelledError) return error;
  if (!(error instanceof Error) || error.name !== 'AbortError') return null;
  return error.cause instanceof CancelledError ? error.cause : null;
}
