import { RuntimeError } from '@loop/core/errors';
import { checkFunction, checkTimeout } from '../check-argument.ts';
import { isNonblocking } from '../descriptor.ts';
import type { FileObject } from '../file-descriptor.ts';
import { PollSet } from './poll-set.ts';
import {
  checkEvents,
  Registrations,
  type Selector,
  type SelectorKey,
  type SelectorMap,
  timeoutMs,
} from './selector.ts';

/**
 * A selector on poll(2), which every Unix has. Its cost grows with the number of descriptors, and
 * it has no descriptor of its own. Regular files are always ready.
 *
 * @see CPython `selectors.PollSelector`; poll(2)
 */
export class PollSelector implements Selector {
  readonly #registrations = new Registrations();
  readonly #keys = this.#registrations.keys;
  readonly #set = new PollSet();

  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const key = this.#registrations.newKey(fileobj, events, data as D);
    // poll(2) would call a closed descriptor ready; here it is EBADF, as with the others.
    isNonblocking(key.fd);
    this.#set.set(key.fd, events);
    this.#keys.set(key.fd, key);
    return key;
  }

  unregister(fileobj: FileObject): SelectorKey {
    const key = this.#registrations.require(fileobj);
    this.#keys.delete(key.fd);
    this.#set.delete(key.fd);
    return key;
  }

  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const { fileobj: same, fd } = this.#registrations.require(fileobj);
    checkEvents(events);
    try {
      isNonblocking(fd);
    } catch (error) {
      this.unregister(fd);
      throw error;
    }
    const key = { fileobj: same, fd, events, data: data as D };
    this.#set.set(fd, events);
    this.#keys.set(fd, key);
    return key;
  }

  select(timeout: number | null = null): [key: SelectorKey, events: number][] {
    const ready: [SelectorKey, number][] = [];
    this.selectEach(timeout, (key, events) => ready.push([key, events]));
    return ready;
  }

  selectEach(timeout: number | null, visit: (key: SelectorKey, events: number) => void): number {
    checkTimeout(timeout, 'timeout');
    checkFunction(visit, 'visit');
    if (this.#registrations.closed) throw new RuntimeError('Selector is closed');
    let visited = 0;
    this.#set.poll(timeoutMs(timeout), (fd, ready) => {
      const key = this.#keys.get(fd);
      if (key === undefined || (ready & key.events) === 0) return;
      visited += 1;
      visit(key, ready & key.events);
    });
    return visited;
  }

  getMap(): SelectorMap | null {
    return this.#registrations.closed ? null : this.#registrations.map;
  }

  getKey(fileobj: FileObject): SelectorKey {
    return this.#registrations.require(fileobj);
  }

  close(): void {
    this.#registrations.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
