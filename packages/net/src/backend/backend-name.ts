import { type EventLoop, hostOf, ValueError } from '@loop/core';
import { isSupported } from '@loop/posix';

/** How a loop does I/O: by readiness on sockets of its own, or by completion in Node's own modules. */
export type BackendName = 'selector' | 'proactor';

const names = new WeakMap<EventLoop, BackendName>();

/** Says how `loop` does I/O, before its first use. */
export function chooseBackend(loop: EventLoop, name: BackendName): void {
  names.set(loop, name);
}

/**
 * See `EventLoop.backend`. A loop that was not told takes what `LOOP_BACKEND` in the environment says, or
 * the better one that works here.
 *
 * @throws {ValueError} `LOOP_BACKEND` names none.
 */
export function backendName(loop: EventLoop): BackendName {
  let name = names.get(loop);
  if (name === undefined) {
    name = nameFromEnvironment(loop) ?? (isSupported() ? 'selector' : 'proactor');
    names.set(loop, name);
  }
  return name;
}

function nameFromEnvironment(loop: EventLoop): BackendName | null {
  const name = hostOf(loop).env('LOOP_BACKEND') ?? '';
  if (name === '') return null;
  if (name === 'selector' || name === 'proactor') return name;
  throw new ValueError(
    `Expected LOOP_BACKEND in the environment to be selector or proactor, got ${JSON.stringify(name)}`,
  );
}
