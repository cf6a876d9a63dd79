import type { EventLoop } from '../src/loop/event-loop.ts';

/** Counts the iterations of `loop` from now on: call it before anything else is scheduled. */
export function countIterations(loop: EventLoop): () => number {
  let count = 0;
  const tick = (): void => {
    count += 1;
    loop.callSoon(tick);
  };
  loop.callSoon(tick);
  return () => count;
}
