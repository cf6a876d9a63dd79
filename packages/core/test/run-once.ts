import type { EventLoop } from '../src/loop/event-loop.ts';

/** Runs exactly one iteration of `loop`. */
export function runOnce(loop: EventLoop): Promise<void> {
  loop.stop();
  return loop.runForever();
}
