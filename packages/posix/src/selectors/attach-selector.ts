import type { FileObject } from '../file-descriptor.ts';
import { type Wake, watchDescriptor } from '../wake/wake.ts';
import { NodeSelector } from './node-selector.ts';
import type { Selector, SelectorKey, SelectorMap } from './selector.ts';

/** A selector that wakes Node's loop. */
export interface AttachedSelector {
  /** The one to register with: the selector given, or one that stands before it. */
  readonly selector: Selector;
  /** To be closed before the selector. */
  readonly wake: Wake;
}

/**
 * Has `onTurn` called in each turn of Node's loop, and the loop woken for what is registered with
 * `selector`: by its descriptor if it has one, else by a {@link NodeSelector} with the same registrations.
 */
export function attachSelector(selector: Selector, onTurn: () => void): AttachedSelector {
  if (selector.fileno !== undefined) {
    return { selector, wake: watchDescriptor(selector.fileno(), onTurn) };
  }
  if (selector instanceof NodeSelector) return { selector, wake: selector.wake(onTurn) };
  const waking = new NodeSelector();
  return { selector: new MirroredSelector(selector, waking), wake: waking.wake(onTurn) };
}

/** Answers as `#asked` does; what is registered wakes the loop by `#waking`. */
class MirroredSelector implements Selector {
  readonly #asked: Selector;
  readonly #waking: NodeSelector;

  constructor(asked: Selector, waking: NodeSelector) {
    this.#asked = asked;
    this.#waking = waking;
  }

  register<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const key = this.#asked.register(fileobj, events, data);
    try {
      this.#waking.register(key.fd, events);
    } catch (error) {
      this.#asked.unregister(key.fd);
      throw error;
    }
    return key;
  }

  unregister(fileobj: FileObject): SelectorKey {
    const key = this.#asked.unregister(fileobj);
    this.#waking.unregister(key.fd);
    return key;
  }

  modify<D>(fileobj: FileObject, events: number, data?: D): SelectorKey<D> {
    const { fd } = this.#asked.getKey(fileobj);
    try {
      const key = this.#asked.modify(fileobj, events, data);
      this.#waking.modify(fd, events);
      return key;
    } catch (error) {
      this.#keepBoth(fd);
      throw error;
    }
  }

  select(timeout?: number | null): [key: SelectorKey, events: number][] {
    return this.#asked.select(timeout);
  }

  selectEach(timeout: number | null, visit: (key: SelectorKey, events: number) => void): number {
    if (this.#asked.selectEach !== undefined) return this.#asked.selectEach(timeout, visit);
    const ready = this.#asked.select(timeout);
    for (const [key, events] of ready) visit(key, events);
    return ready.length;
  }

  getMap(): SelectorMap | null {
    return this.#asked.getMap();
  }

  getKey(fileobj: FileObject): SelectorKey {
    return this.#asked.getKey(fileobj);
  }

  close(): void {
    this.#waking.close();
    this.#asked.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** After a failure: what the one has dropped, the other drops. */
  #keepBoth(fd: number): void {
    const [asked, waking] = [this.#asked.getMap()?.has(fd), this.#waking.getMap()?.has(fd)];
    if (asked === true && waking !== true) this.#asked.unregister(fd);
    if (waking === true && asked !== true) this.#waking.unregister(fd);
  }
}
