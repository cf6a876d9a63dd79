import { getRunningLoop } from '../loop/running-loop.ts';
import type { Future } from './future.ts';

/** A future of the running loop that is finished with `result`: awaiting it does not suspend. */
export function completed<T>(result: T): Future<T> {
  const future = getRunningLoop().createFuture<T>();
  future.setResult(result);
  return future;
}
