import { checkCallback } from '../error/check-argument.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { describe } from '../error/describe.ts';
import { isOurLoop } from '../loop/check-loop.ts';

/**
 * Keeps one object of a package for each loop, made on first use.
 *
 * @returns A function from a loop to its object.
 * @throws {TypeError} `create` is no function; the function that is returned: its argument is no EventLoop.
 */
export function perLoop<T extends object>(create: (loop: EventLoop) => T): (loop: EventLoop) => T {
  checkCallback(create, 'perLoop');
  const made = new WeakMap<EventLoop, T>();
  return (loop) => {
    let service = made.get(loop);
    if (service === undefined) {
      if (!isOurLoop(loop)) {
        throw new TypeError(
          `Expected loop to be an EventLoop, got ${describe(loop)}: perLoop(${create.name || 'create'}) keeps an object for each`,
        );
      }
      service = create(loop);
      made.set(loop, service);
    }
    return service;
  };
}
