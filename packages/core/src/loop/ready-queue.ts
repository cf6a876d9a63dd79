import type { Runnable } from './handle.ts';

const SMALLEST = 64;

/** First in, first out: a ring whose capacity is a power of two and doubles when it is full. */
export class ReadyQueue {
  #ring = newRing(SMALLEST);
  #mask = SMALLEST - 1;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(runnable: Runnable): void {
    if (this.#size > this.#mask) this.#grow();
    this.#ring[(this.#head + this.#size) & this.#mask] = runnable;
    this.#size += 1;
  }

  /** Takes the oldest entry; the queue must not be empty. */
  shift(): Runnable {
    const ring = this.#ring;
    const head = this.#head;
    const runnable = ring[head] as Runnable;
    ring[head] = undefined;
    this.#head = (head + 1) & this.#mask;
    this.#size -= 1;
    return runnable;
  }

  /** Forgets all entries and gives the memory back. */
  clear(): void {
    this.#ring = newRing(SMALLEST);
    this.#mask = SMALLEST - 1;
    this.#head = 0;
    this.#size = 0;
  }

  #grow(): void {
    const old = this.#ring;
    const size = this.#size;
    const capacity = old.length * 2;
    const ring = newRing(capacity);
    for (let i = 0; i < size; i += 1) ring[i] = old[(this.#head + i) & this.#mask];
    this.#ring = ring;
    this.#mask = capacity - 1;
    this.#head = 0;
  }
}

function newRing(capacity: number): Array<Runnable | undefined> {
  // A length, and far quicker than `Array.from`.
  return new Array<Runnable | undefined>(capacity);
}
