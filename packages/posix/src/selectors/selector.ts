import { KeyError, RuntimeError, ValueError } from '@loop/core/errors';
import { describe } from '../describe.ts';
import { type FileObject, filenoOf } from '../file-descriptor.ts';

export const EVENT_READ = 1;
export const EVENT_WRITE = 2;

/** One registration. A change makes a new key; `data` is the caller's. */
export interface SelectorKey<D = unknown> {
  readonly fileobj: FileObject;
  readonly fd: number;
  readonly events: number;
  readonly data: D;
}

/** A live, read-only view: keys by file object, iterated over their descriptors. */
export interface SelectorMap<D = unknown> extends Iterable<number> {
  readonly size: number;
  has(fileobj: FileObject): boolean;
  get(fileobj: FileObject): SelectorKey<D> | undefined;
  keys(): IterableIterator<number>;
  values(): IterableIterator<SelectorKey<D>>;
}

/**
 * Tells which of the registered descriptors are ready.
 *
 * What an implementer provides is these methods, level-triggered: what is ready is reported by each
 * `select()` until it is not. A loop asks with timeout 0 only, and never from inside `select()`. It
 * learns when to ask from `fileno()`: a descriptor that is readable while anything is ready (epoll, kqueue).
 * A selector without one is asked all the same, and the loop is woken by a {@link NodeSelector} beside it.
 * Errors and hang-ups count as readable and writable: the caller's own read or write says which.
 *
 * @see CPython `selectors.BaseSelector`
 */
export interface Selector extends Disposable {
  /**
   * @param events - `EVENT_READ`, `EVENT_WRITE` or both.
   * @throws {ValueError} No such events; no descriptor.
   * @throws {KeyError} The descriptor is registered already.
   * @throws {OSError} The system refuses: `EPERM` for a regular file, `EBADF`.
   */
  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D>;
  /** Works after the file object was closed, too. @throws {KeyError} It is not registered. */
  unregister(fileobj: FileObject): SelectorKey;
  /** Changes events and data; when the system refuses, the descriptor is not registered any more. */
  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D>;
  /**
   * @param timeout - Seconds; `null` waits until something is ready, 0 and less do not wait. Waiting stops the thread.
   * @returns Each ready key with those of its events that are ready; none after a signal.
   */
  select(timeout?: number | null): [key: SelectorKey, events: number][];
  /**
   * {@link Selector.select} without the list, where there is a quicker way: calls `visit` for each and
   * returns how many. `visit` does not call the selector.
   */
  selectEach?(timeout: number | null, visit: (key: SelectorKey, events: number) => void): number;
  /** `null` once closed. */
  getMap(): SelectorMap | null;
  /** @throws {KeyError} It is not registered. @throws {RuntimeError} The selector is closed. */
  getKey(fileobj: FileObject): SelectorKey;
  /** A second call does nothing. */
  close(): void;
  fileno?(): number;
}

/** The registrations of a selector: what all implementations have in common. */
export class Registrations {
  readonly keys = new Map<number, SelectorKey>();
  readonly map: SelectorMap = new LiveMap(this);
  closed = false;

  /** The key that `register` is to make; nothing is entered yet. */
  newKey<D>(fileobj: FileObject, events: number, data: D): SelectorKey<D> {
    this.#checkOpen();
    checkEvents(events);
    const fd = filenoOf(fileobj);
    if (this.keys.has(fd)) {
      throw new KeyError(`${describe(fileobj)} (FD ${fd}) is already registered`);
    }
    return { fileobj, fd, events, data };
  }

  require(fileobj: FileObject): SelectorKey {
    this.#checkOpen();
    const key = this.find(fileobj);
    if (key === undefined) throw new KeyError(`${describe(fileobj)} is not registered`);
    return key;
  }

  /** By descriptor; by identity for an object that is closed by now. */
  find(fileobj: FileObject): SelectorKey | undefined {
    try {
      return this.keys.get(filenoOf(fileobj));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      for (const key of this.keys.values()) if (key.fileobj === fileobj) return key;
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    this.keys.clear();
  }

  #checkOpen(): void {
    if (this.closed) throw new RuntimeError('Selector is closed');
  }
}

/** How long to wait in whole milliseconds, rounded up so that nothing is early; -1 for ever. */
export function timeoutMs(timeout: number | null): number {
  if (timeout === null) return -1;
  return timeout <= 0 ? 0 : Math.min(Math.ceil(timeout * 1e3), 0x7fffffff);
}

export function checkEvents(events: unknown): asserts events is number {
  if (events !== EVENT_READ && events !== EVENT_WRITE && events !== (EVENT_READ | EVENT_WRITE)) {
    throw new ValueError(`Invalid events: ${describe(events)}`);
  }
}

class LiveMap implements SelectorMap {
  readonly #registrations: Registrations;

  constructor(registrations: Registrations) {
    this.#registrations = registrations;
  }

  get size(): number {
    return this.#registrations.keys.size;
  }

  has(fileobj: FileObject): boolean {
    return this.get(fileobj) !== undefined;
  }

  get(fileobj: FileObject): SelectorKey | undefined {
    return this.#registrations.find(fileobj);
  }

  keys(): IterableIterator<number> {
    return this.#registrations.keys.keys();
  }

  values(): IterableIterator<SelectorKey> {
    return this.#registrations.keys.values();
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.keys();
  }
}
