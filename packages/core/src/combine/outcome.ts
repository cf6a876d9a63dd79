import type { Future } from '../future/future.ts';

/** How a future ended, cancellation included. */
export type Outcome<T> =
  | { readonly failed: false; readonly value: T }
  | { readonly failed: true; readonly error: unknown };

/** The outcome of a future that is done, which counts as a look at its error. */
export function outcomeOf<T>(future: Future<T>): Outcome<T> {
  try {
    return { failed: false, value: future.result() };
  } catch (error) {
    return { failed: true, error };
  }
}
