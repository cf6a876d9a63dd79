import { NotImplementedError, RuntimeError } from '@loop/core/errors';
import { checkFunction, checkTimeout } from '../check-argument.ts';
import { O_CLOEXEC } from '../constants/constants.ts';
import { closeDescriptor } from '../descriptor.ts';
import { EEXIST, EINTR } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { epollEvent } from '../ffi/layouts.ts';
import { libc, PinnedBuffer } from '../ffi/library.ts';
import { disown, own } from '../ffi/owned-descriptors.ts';
import type { FileObject } from '../file-descriptor.ts';
import { OSError } from '../os-error.ts';
import {
  checkEvents,
  EVENT_READ,
  EVENT_WRITE,
  Registrations,
  type Selector,
  type SelectorKey,
  type SelectorMap,
  timeoutMs,
} from './selector.ts';

const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLOUT = 4;

/** What is ready beyond this waits for the next call; the kernel takes turns. */
const EVENTS_PER_CALL = 1024;
const WORDS_PER_EVENT = epollEvent.size / 4;
const DATA_WORD = epollEvent.data / 4;

/**
 * A selector on Linux' epoll, the quickest where there are many descriptors.
 *
 * @see CPython `selectors.EpollSelector`; epoll(7)
 */
export class EpollSelector implements Selector {
  readonly #registrations = new Registrations();
  readonly #keys = this.#registrations.keys;
  readonly #change = new Int32Array(WORDS_PER_EVENT);
  readonly #memory: PinnedBuffer;
  readonly #events: Int32Array;
  #fd: number;

  constructor() {
    if (process.platform !== 'linux') throw new NotImplementedError('epoll is there on Linux only');
    this.#fd = check(libc.epoll_create1(O_CLOEXEC), 'epoll_create1');
    own(this.#fd);
    this.#memory = new PinnedBuffer(EVENTS_PER_CALL * epollEvent.size);
    const { buffer, byteOffset } = this.#memory.bytes;
    this.#events = new Int32Array(buffer, byteOffset, EVENTS_PER_CALL * WORDS_PER_EVENT);
  }

  /** The epoll descriptor, readable while anything is ready; -1 once closed. */
  fileno(): number {
    return this.#fd;
  }

  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const key = this.#registrations.newKey(fileobj, events, data as D);
    const result = this.#control(EPOLL_CTL_ADD, key.fd, events);
    // EEXIST: it was closed without unregister() while a duplicate lived, and is open again as the same.
    check(result === -EEXIST ? this.#control(EPOLL_CTL_MOD, key.fd, events) : result, 'epoll_ctl');
    this.#keys.set(key.fd, key);
    return key;
  }

  unregister(fileobj: FileObject): SelectorKey {
    const key = this.#registrations.require(fileobj);
    this.#keys.delete(key.fd);
    // EBADF and ENOENT: the descriptor was closed, which took it out of the set.
    this.#control(EPOLL_CTL_DEL, key.fd, 0);
    return key;
  }

  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const old = this.#registrations.require(fileobj);
    checkEvents(events);
    const key = { fileobj: old.fileobj, fd: old.fd, events, data: data as D };
    if (events !== old.events) {
      const result = this.#control(EPOLL_CTL_MOD, key.fd, events);
      if (result < 0) {
        this.#keys.delete(key.fd);
        throw new OSError(result, { syscall: 'epoll_ctl' });
      }
    }
    this.#keys.set(key.fd, key);
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
    if (this.#fd < 0) throw new RuntimeError('Selector is closed');
    const address = this.#memory.address;
    const count = libc.epoll_wait(this.#fd, address, EVENTS_PER_CALL, timeoutMs(timeout));
    if (count === -EINTR) return 0;
    check(count, 'epoll_wait');
    let visited = 0;
    for (let word = 0; word < count * WORDS_PER_EVENT; word += WORDS_PER_EVENT) {
      const found = this.#events[word]!;
      // Absent: closed without unregister() while a duplicate keeps it in the set.
      const key = this.#keys.get(this.#events[word + DATA_WORD]!);
      if (key === undefined) continue;
      const ready =
        ((found & ~EPOLLOUT) === 0 ? 0 : EVENT_READ) | ((found & ~EPOLLIN) === 0 ? 0 : EVENT_WRITE);
      if ((ready & key.events) === 0) continue;
      visited += 1;
      visit(key, ready & key.events);
    }
    return visited;
  }

  getMap(): SelectorMap | null {
    return this.#registrations.closed ? null : this.#registrations.map;
  }

  getKey(fileobj: FileObject): SelectorKey {
    return this.#registrations.require(fileobj);
  }

  close(): void {
    const fd = this.#fd;
    if (fd < 0) return;
    this.#fd = -1;
    this.#registrations.close();
    disown(fd);
    closeDescriptor(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #control(operation: number, fd: number, events: number): number {
    this.#change[0] =
      ((events & EVENT_READ) === 0 ? 0 : EPOLLIN) | ((events & EVENT_WRITE) === 0 ? 0 : EPOLLOUT);
    this.#change[DATA_WORD] = fd;
    return libc.epoll_ctl(this.#fd, operation, fd, this.#change);
  }
}
