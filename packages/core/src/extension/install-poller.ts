import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Poller } from '../loop/poller.ts';

/**
 * Gives `loop` its source of I/O events. Called by an extension when it first needs one, so that
 * loops without I/O hold none.
 *
 * @param create - Makes the poller; it gets the function that wakes the loop while the poller is armed.
 * @throws {RuntimeError} The loop has a poller, or is closed.
 */
export function installPoller<P extends Poller>(
  loop: EventLoop,
  create: (wake: () => void) => P,
): P {
  loop._checkClosed();
  const pump = loop._pump;
  if (pump.poller !== null) {
    throw new RuntimeError(`${loop.toString()} has a poller already: ${describe(pump.poller)}`);
  }
  const poller = create(pump.wakeNow);
  pump.poller = poller;
  if (pump.idle) pump.wake();
  return poller;
}
