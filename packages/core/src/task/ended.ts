import type { Future } from '../future/future.ts';
import type { Coroutine } from './task-body.ts';

/** Waits until `future` is done. It is not cancelled with the wait, and its error is left to others. */
export function* ended(future: Future<never> | Future): Coroutine<void> {
  if (future.done()) return;
  const done = future.getLoop().createFuture<void>();
  const wake = (): void => {
    if (!done.done()) done.setResult();
  };
  future.addDoneCallback(wake);
  try {
    yield* done;
  } finally {
    future.removeDoneCallback(wake);
  }
}
