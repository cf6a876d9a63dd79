import { Future, type Waiter } from '../future/future.ts';
import type { Runnable } from '../loop/handle.ts';

/** Has `waiter` run when `future` is done. A subclass of `Future` may want to know who waits for it. */
export function subscribe(future: Future, waiter: Waiter & Runnable): void {
  if (future.addDoneCallback === Future.prototype.addDoneCallback) future._addWaiter(waiter);
  else future.addDoneCallback(() => waiter._run());
}
