/** What holds the items of a queue, and says in which order they leave. */
export interface ItemStore<T> extends Iterable<T> {
  readonly size: number;
  /** Puts an item in; one that it throws on is not in. */
  push(item: T): void;
  /** Takes the next item out; only called while there is one. */
  pop(): T;
}

/** First in, first out. */
export class FifoStore<T> implements ItemStore<T> {
  // Items leave at the head, which moves; the room before it is given back from time to time.
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  pop(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined as T;
    this.#head += 1;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.slice(this.#head).values();
  }
}

/** Last in, first out. */
export class LifoStore<T> implements ItemStore<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  pop(): T {
    return this.#items.pop() as T;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }
}
