import type { EventLoop } from '@loop/core';
import { isSupported } from '@loop/posix';

/** How a loop does I/O: by readiness on sockets of its own, or by completion in Node's own modules. */
export type BackendName = 'selector' | 'proactor';

const names = new WeakMap<EventLoop, BackendName>();

/** Says how `loop` does I/O, before its first use. */
export function chooseBackend(loop: EventLoop, name: BackendName): void {
  names.set(loop, name);
}

/** See `EventLoop.backend`. A loop that was not told takes the better one that works here. */
export function backendName(loop: EventLoop): BackendName {
  let name = names.get(loop);
  if (name === undefined) {
    name = isSupported() ? 'selector' : 'proactor';
    names.set(loop, name);
  }
  return name;
}
