import type { FileObject } from '../file-descriptor.ts';
import { everyTurn, openWakeHandle, type Wake, type WakeHandle } from '../wake/wake.ts';
import { PollSelector } from './poll-selector.ts';
import type { Selector, SelectorKey, SelectorMap } from './selector.ts';

/**
 * The portable selector: Node's own loop (libuv) watches each descriptor, by whatever means it has
 * on the platform, and is woken by it. What is ready is then asked of poll(2).
 *
 * It needs a second descriptor for each that is registered. Regular files are refused: `EPERM`.
 */
export class NodeSelector implements Selector {
  readonly #polled = new PollSelector();
  readonly #handles = new Map<number, WakeHandle>();
  #referenced = true;
  #paused = false;

  /**
   * Has `onTurn` called in each turn of Node's loop, and the loop woken for what is registered. It keeps
   * the process alive while it is referenced and anything is registered.
   */
  wake(onTurn: () => void): Wake {
    let stop = everyTurn(onTurn);
    let closed = false;
    return {
      ref: () => this.#setReferenced(true),
      unref: () => this.#setReferenced(false),
      pause: () => {
        if (this.#paused || closed) return;
        stop();
        this.#setPaused(true);
      },
      resume: () => {
        if (!this.#paused || closed) return;
        stop = everyTurn(onTurn);
        this.#setPaused(false);
      },
      close: () => {
        closed = true;
        stop();
        this.#setReferenced(false);
      },
    };
  }

  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const key = this.#polled.register(fileobj, events, data);
    try {
      const handle = openWakeHandle(key.fd, this.#paused ? 0 : events);
      if (!this.#referenced) handle.unref();
      this.#handles.set(key.fd, handle);
    } catch (error) {
      this.#polled.unregister(key.fd);
      throw error;
    }
    return key;
  }

  unregister(fileobj: FileObject): SelectorKey {
    const key = this.#polled.unregister(fileobj);
    this.#closeHandle(key.fd);
    return key;
  }

  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const { fd } = this.#polled.getKey(fileobj);
    try {
      const key = this.#polled.modify(fileobj, events, data);
      if (!this.#paused) this.#handles.get(fd)?.setEvents(events);
      return key;
    } catch (error) {
      if (this.#polled.getMap()?.has(fd) !== true) this.#closeHandle(fd);
      throw error;
    }
  }

  select(timeout: number | null = null): [key: SelectorKey, events: number][] {
    return this.#polled.select(timeout);
  }

  selectEach(timeout: number | null, visit: (key: SelectorKey, events: number) => void): number {
    return this.#polled.selectEach(timeout, visit);
  }

  getMap(): SelectorMap | null {
    return this.#polled.getMap();
  }

  getKey(fileobj: FileObject): SelectorKey {
    return this.#polled.getKey(fileobj);
  }

  close(): void {
    this.#polled.close();
    for (const fd of this.#handles.keys()) this.#closeHandle(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #closeHandle(fd: number): void {
    this.#handles.get(fd)?.close();
    this.#handles.delete(fd);
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    for (const [fd, handle] of this.#handles) {
      handle.setEvents(paused ? 0 : this.#polled.getKey(fd).events);
    }
  }

  #setReferenced(referenced: boolean): void {
    this.#referenced = referenced;
    for (const handle of this.#handles.values()) {
      if (referenced) handle.ref();
      else handle.unref();
    }
  }
}
