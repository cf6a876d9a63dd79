import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';

/** A future with the outcome of `act`: an operation that has nothing to wait for, at half the price. */
export function settled<T>(act: () => T): Future<T> {
  const future = getRunningLoop().createFuture<T>();
  try {
    future._finish(act());
  } catch (error) {
    future._fail(error);
  }
  return future;
}
