import type { EventLoop } from '../loop/event-loop.ts';

/**
 * Keeps one object of a package for each loop, made on first use.
 *
 * @returns A function from a loop to its object.
 */
export function perLoop<T extends object>(create: (loop: EventLoop) => T): (loop: EventLoop) => T {
  const made = new WeakMap<EventLoop, T>();
  return (loop) => {
    let service = made.get(loop);
    if (service === undefined) {
      service = create(loop);
      made.set(loop, service);
    }
    return service;
  };
}
