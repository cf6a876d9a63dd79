import type { Future } from '@loop/core';

/** Ends the wait for `ready`, unless the caller has given up. */
export function settle(ready: Future<void>, error: Error | null): void {
  if (ready.done()) return;
  if (error === null) ready.setResult();
  else ready.setException(error);
}
