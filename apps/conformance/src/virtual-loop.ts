import { EventLoop } from '@loop/core';
import { VirtualHost } from '@loop/core/testing';

/** The twin of `virtual_time.py`: a loop whose clock moves only when nothing else is left to do. */
export function virtualLoop(): EventLoop {
  return new EventLoop({ host: new VirtualHost() });
}
