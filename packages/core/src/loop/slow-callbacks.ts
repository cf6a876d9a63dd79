import type { EventLoop } from './event-loop.ts';
import type { Runnable } from './handle.ts';
import { runToEnd } from './run-to-end.ts';

/** Runs a handle in debug mode: one that takes too long is reported on standard error. */
export function runTimed(loop: EventLoop, runnable: Runnable): void {
  const host = loop._host;
  const begun = host.now();
  runToEnd(loop, runnable);
  const took = host.now() - begun;
  if (took < loop.slowCallbackDuration) return;
  console.warn(`Executing ${runnable._runText()} took ${took.toFixed(3)} seconds`);
}
