import type { Host } from '../host/host.ts';
import type { EventLoop } from '../loop/event-loop.ts';

/** The host that `loop` is a guest on: its clock, its macrotasks. */
export function hostOf(loop: EventLoop): Host {
  return loop._host;
}
