import { checkCallback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Poller } from '../loop/poller.ts';
import { checkLoop } from '../loop/check-loop.ts';

/**
 * Gives `loop` its source of I/O events. Called by an extension when it first needs one, so that
 * loops without I/O hold none.
 *
 * @param create - Makes the poller; it gets the function that wakes the loop while the poller is armed.
 * @throws {RuntimeError} The loop has a poller, or is closed.
 * @throws {TypeError} `loop` is no EventLoop, or what `create` makes is no poller.
 */
export function installPoller<P extends Poller>(
  loop: EventLoop,
  create: (wake: () => void) => P,
): P {
  checkLoop(loop, 'installPoller');
  loop._checkClosed();
  const pump = loop._pump;
  if (pump.poller !== null) {
    throw new RuntimeError(`${loop.toString()} has a poller already: ${describe(pump.poller)}`);
  }
  checkCallback(create, 'installPoller');
  const poller = create(pump.wakeNow);
  checkPoller(poller);
  pump.poller = poller;
  if (pump.idle) pump.wake();
  return poller;
}

function checkPoller(poller: Poller): void {
  for (const method of ['poll', 'arm', 'disarm', 'close'] as const) {
    if (typeof (poller as Partial<Poller> | null | undefined)?.[method] !== 'function') {
      throw new TypeError(`Expected a poller with ${method}(), got ${describe(poller)}`);
    }
  }
}
