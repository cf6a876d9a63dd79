import { NotImplementedError, RuntimeError } from '@loop/core/errors';
import { checkFunction, checkTimeout } from '../check-argument.ts';
import { setCloseOnExec } from '../descriptor.ts';
import { EINTR } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { kevent, timespec } from '../ffi/layouts.ts';
import { libc } from '../ffi/library.ts';
import type { FileObject } from '../file-descriptor.ts';
import { OwnedDescriptor } from '../io/owned-descriptor.ts';
import { OSError } from '../os-error.ts';
import {
  checkEvents,
  EVENT_READ,
  EVENT_WRITE,
  Registrations,
  type Selector,
  type SelectorKey,
  type SelectorMap,
} from './selector.ts';

const EVFILT_READ = -1;
const EVFILT_WRITE = -2;
const EV_ADD = 1;
const EV_DELETE = 2;
const EVENTS_PER_CALL = 512;
const FAR_AWAY = 0x7fffffff;

/**
 * A selector on the kqueue of macOS.
 *
 * Written from the documentation. **Unverified**: never run on such a machine.
 *
 * @see CPython `selectors.KqueueSelector`; kqueue(2)
 */
export class KqueueSelector implements Selector {
  readonly #registrations = new Registrations();
  readonly #keys = this.#registrations.keys;
  readonly #change = new DataView(new ArrayBuffer(kevent.size));
  readonly #events = new DataView(new ArrayBuffer(EVENTS_PER_CALL * kevent.size));
  readonly #timeout = new DataView(new ArrayBuffer(timespec.size));
  readonly #queue: OwnedDescriptor;

  constructor() {
    if (process.platform !== 'darwin') {
      throw new NotImplementedError('kqueue is there on macOS only');
    }
    this.#queue = new OwnedDescriptor(check(libc.kqueue(), 'kqueue'));
    setCloseOnExec(this.#queue.fileno());
  }

  /** The kqueue's descriptor, readable while anything is ready; -1 once closed. */
  fileno(): number {
    return this.#queue.fileno();
  }

  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const key = this.#registrations.newKey(fileobj, events, data as D);
    this.#switch(key.fd, 0, events);
    this.#keys.set(key.fd, key);
    return key;
  }

  unregister(fileobj: FileObject): SelectorKey {
    const key = this.#registrations.require(fileobj);
    this.#keys.delete(key.fd);
    this.#drop(key.fd, key.events);
    return key;
  }

  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const { fileobj: same, fd, events: old } = this.#registrations.require(fileobj);
    checkEvents(events);
    try {
      this.#switch(fd, old, events);
    } catch (error) {
      this.#keys.delete(fd);
      throw error;
    }
    const key = { fileobj: same, fd, events, data: data as D };
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
    const found = libc.kevent(
      this.fileno(),
      null,
      0,
      this.#events,
      EVENTS_PER_CALL,
      this.#timespec(timeout),
    );
    if (found === -EINTR) return 0;
    const count = check(found, 'kevent');
    // Reading and writing come as an event each; the reference reports them together.
    const ready = new Map<SelectorKey, number>();
    for (let index = 0; index < count; index += 1) {
      const at = index * kevent.size;
      const key = this.#keys.get(this.#events.getInt32(at + kevent.ident, true));
      const filter = this.#events.getInt16(at + kevent.filter, true);
      const event = filter === EVFILT_READ ? EVENT_READ : EVENT_WRITE;
      if (key === undefined || (event & key.events) === 0) continue;
      ready.set(key, (ready.get(key) ?? 0) | event);
    }
    for (const [key, events] of ready) visit(key, events);
    return ready.size;
  }

  getMap(): SelectorMap | null {
    return this.#registrations.closed ? null : this.#registrations.map;
  }

  getKey(fileobj: FileObject): SelectorKey {
    return this.#registrations.require(fileobj);
  }

  close(): void {
    this.#registrations.close();
    this.#queue.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Adds and deletes the filters that differ; when one is refused, none of `fd` is left. */
  #switch(fd: number, old: number, events: number): void {
    for (const event of [EVENT_READ, EVENT_WRITE]) {
      if ((events & event) === (old & event)) continue;
      const result = this.#control(fd, event, (events & event) === 0 ? EV_DELETE : EV_ADD);
      if (result >= 0) continue;
      this.#drop(fd, EVENT_READ | EVENT_WRITE);
      throw new OSError(result, { syscall: 'kevent' });
    }
  }

  /** Errors are no news: closing a descriptor takes its filters away. */
  #drop(fd: number, events: number): void {
    if ((events & EVENT_READ) !== 0) this.#control(fd, EVENT_READ, EV_DELETE);
    if ((events & EVENT_WRITE) !== 0) this.#control(fd, EVENT_WRITE, EV_DELETE);
  }

  #control(fd: number, event: number, flags: number): number {
    this.#change.setInt32(kevent.ident, fd, true);
    this.#change.setInt16(kevent.filter, event === EVENT_READ ? EVFILT_READ : EVFILT_WRITE, true);
    this.#change.setUint16(kevent.flags, flags, true);
    return libc.kevent(this.fileno(), this.#change, 1, null, 0, null);
  }

  #timespec(timeout: number | null): DataView | null {
    if (timeout === null) return null;
    const time = Math.min(Math.max(timeout, 0), FAR_AWAY);
    const seconds = Math.floor(time);
    this.#timeout.setInt32(0, seconds, true);
    this.#timeout.setInt32(timespec.nanoseconds, Math.ceil((time - seconds) * 999_999_999), true);
    return this.#timeout;
  }
}
