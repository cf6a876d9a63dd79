import { perLoop, type EventLoop } from '@loop/core';

/** What Node calls when one of its handles is gone. */
interface Closable {
  once(event: 'close', listener: () => void): unknown;
}

/** Sockets and servers of Node's that one loop has open: they are closed with the loop. */
export class NodeHandles {
  readonly #open = new Map<object, () => void>();

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** From now on until it is closed `handle` belongs to the loop; `close` is how to close it. */
  add(handle: Closable, close: () => void): void {
    if (!this.#open.has(handle)) handle.once('close', () => this.#open.delete(handle));
    this.#open.set(handle, close);
  }

  remove(handle: object): void {
    this.#open.delete(handle);
  }

  closeAll(): void {
    for (const close of this.#open.values()) close();
    this.#open.clear();
  }
}

/** Those of a loop. */
export const nodeHandles: (loop: EventLoop) => NodeHandles = perLoop(() => new NodeHandles());
