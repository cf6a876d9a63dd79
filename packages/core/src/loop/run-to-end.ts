import type { EventLoop } from './event-loop.ts';
import type { Runnable } from './handle.ts';
import { current } from './scope.ts';

/** Runs an entry of the ready queue, the microtasks included that the step of an async function consists of. */
export function runToEnd(loop: EventLoop, runnable: Runnable): void {
  runnable._run();
  if (!loop._microtasksQueued) return;
  current.scope = null;
  loop._host.drain?.();
}
