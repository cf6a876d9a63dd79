import type { ItemStore } from './item-store.ts';

/**
 * Smallest first: a binary heap in an array, where each item is at most as large as its children,
 * at `2 * index + 1` and the place after it.
 *
 * Equal items leave in the order in which the reference's heap gives them up.
 */
export class HeapStore<T> implements ItemStore<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    // Finds the place before it moves anything: the comparison may throw.
    const end = this.#items.length;
    let place = end;
    while (place > 0 && this.#compare(item, this.#at(parentOf(place))) < 0) place = parentOf(place);
    this.#rise(item, end, place);
  }

  pop(): T {
    const items = this.#items;
    const last = items.pop() as T;
    if (items.length === 0) return last;
    const smallest = this.#at(0);
    // The hole at the top sinks to the bottom, always towards the smaller child, and the last item
    // rises from there: it mostly belongs near the bottom, which saves comparisons.
    let hole = 0;
    for (let child = 1; child < items.length; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < items.length && !(this.#compare(this.#at(child), this.#at(right)) < 0)) {
        child = right;
      }
      items[hole] = this.#at(child);
      hole = child;
    }
    let place = hole;
    while (place > 0 && this.#compare(last, this.#at(parentOf(place))) < 0) place = parentOf(place);
    this.#rise(last, hole, place);
    return smallest;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items.values();
  }

  /** Puts `item` at `place`, and moves its ancestors on the way from `hole` down by one. */
  #rise(item: T, hole: number, place: number): void {
    let index = hole;
    while (index > place) {
      this.#items[index] = this.#at(parentOf(index));
      index = parentOf(index);
    }
    this.#items[place] = item;
  }

  #at(index: number): T {
    return this.#items[index] as T;
  }
}

function parentOf(index: number): number {
  return (index - 1) >> 1;
}
