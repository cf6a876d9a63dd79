import { EventLoop, type EventLoopOptions } from '@loop/core';
import { chooseBackend } from './backend-name.ts';

/**
 * A loop on completion: Node's own sockets. It works wherever Node does, without native code.
 *
 * @see CPython `asyncio.ProactorEventLoop`
 */
export class ProactorEventLoop extends EventLoop {
  constructor(options: EventLoopOptions = {}) {
    super(options);
    chooseBackend(this, 'proactor');
  }
}
