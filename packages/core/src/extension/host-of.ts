import type { Host } from '../host/host.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { checkLoop } from '../loop/check-loop.ts';

/**
 * The host that `loop` is a guest on: its clock, its macrotasks.
 *
 * @throws {TypeError} `loop` is no EventLoop.
 */
export function hostOf(loop: EventLoop): Host {
  checkLoop(loop, 'hostOf');
  return loop._host;
}
