import type { EventLoop } from './event-loop.ts';
import type { Runnable } from './handle.ts';
import { current } from './scope.ts';

/** Runs a handle in debug mode: one that takes too long is reported on standard error. */
export function runTimed(loop: EventLoop, runnable: Runnable): void {
  const host = loop._host;
  const begun = host.now();
  runnable._run();
  if (loop._microtasksQueued) {
    // The step of an async function is over when its microtasks are.
    current.scope = null;
    host.drain?.();
  }
  const took = host.now() - begun;
  if (took < loop.slowCallbackDuration) return;
  console.warn(`Executing ${runnable._runText()} took ${took.toFixed(3)} seconds`);
}
