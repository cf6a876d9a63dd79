import type { TimerHandle } from './handle.ts';
import { NewTimers } from './new-timers.ts';

const SMALLEST = 64;
// Below this many timers it does not pay to look for cancelled ones.
const FEWEST_TO_COMPACT = 100;
// A heap of this length that is mostly empty gives memory back: a megabyte.
const LARGE = 1 << 16;
const MOST_SLACK = 8;

/**
 * Timers by due time: a heap with four children to a node.
 *
 * 1. What lies in the heap is numbers: the due time, and the slot where the timer is. Neither a
 *    comparison nor a move touches a timer; a million of them would be as many cache misses, and
 *    work for the collector.
 * 2. An entry is due no later than its children at `4i + 1` to `4i + 4`.
 * 3. `#slots` holds every slot once: those in use first, in the order of the heap, then the free ones.
 * 4. A timer comes in when the earliest of the new ones is due, or may be: see `NewTimers`.
 * 5. A cancelled timer leaves its slot, so that it can be collected; its entry stays until it is at
 *    the front, or until half of the entries are such: then they leave together.
 */
export class TimerHeap {
  #whens = new Float64Array(SMALLEST);
  #slots = numbered(SMALLEST);
  #timers = emptySlots(SMALLEST);
  #size = 0;
  #cancelled = 0;
  readonly #new = new NewTimers();

  get size(): number {
    return this.#size + this.#new.size;
  }

  push(timer: TimerHandle, when: number): void {
    this.#new.add(timer, when);
  }

  /** A timer was cancelled; without effect if it is not in the heap. */
  remove(timer: TimerHandle): void {
    const slot = timer._slot;
    if (slot < 0) {
      if (slot < -1) this.#removeNew(timer);
      return;
    }
    timer._slot = -1;
    this.#timers[slot] = null;
    this.#cancelled += 1;
    if (this.#size > FEWEST_TO_COMPACT && this.#cancelled > this.#size >> 1) this.#compact();
  }

  /** The due time of the earliest timer that is not cancelled, `Infinity` if there is none. */
  next(): number {
    if (this.#new.earliest < this.#first() && !this.#new.exact) this.#takeNew();
    return Math.min(this.#first(), this.#new.earliest);
  }

  /** Takes the earliest timer if it is due at `latest` or before. */
  popDue(latest: number): TimerHandle | undefined {
    if (this.#new.earliest <= latest) this.#takeNew();
    if (this.#first() > latest || this.#size === 0) return undefined;
    const slot = this.#slots[0] as number;
    const timer = this.#timers[slot] as TimerHandle;
    this.#timers[slot] = null;
    timer._slot = -1;
    this.#removeFirst();
    return timer;
  }

  clear(): void {
    this.#new.takeAll(() => {});
    for (const timer of this.#timers) if (timer !== null) timer._slot = -1;
    this.#size = 0;
    this.#cancelled = 0;
    this.#resize(SMALLEST);
  }

  /** Takes in the timers that have been scheduled since the last time. */
  #takeNew(): void {
    this.#new.takeAll((timer) => this.#insert(timer, timer.when()));
  }

  #insert(timer: TimerHandle, when: number): void {
    const size = this.#size;
    if (size === this.#slots.length) this.#resize(size * 2);
    const slot = this.#slots[size] as number;
    this.#timers[slot] = timer;
    timer._slot = slot;
    this.#size = size + 1;
    this.#siftUp(size, when, slot);
  }

  #removeNew(timer: TimerHandle): void {
    this.#new.remove(timer);
    if (this.#new.sparse) this.#takeNew();
  }

  /** The due time of the first in the heap. */
  #first(): number {
    this.#dropCancelled();
    return this.#size === 0 ? Infinity : (this.#whens[0] as number);
  }

  #dropCancelled(): void {
    while (this.#cancelled > 0 && this.#timers[this.#slots[0] as number] === null) {
      this.#cancelled -= 1;
      this.#removeFirst();
    }
  }

  #removeFirst(): void {
    const slots = this.#slots;
    const size = this.#size - 1;
    const freed = slots[0] as number;
    const slot = slots[size] as number;
    this.#size = size;
    slots[size] = freed;
    if (size > 0) this.#siftDown(0, this.#whens[size] as number, slot);
    else if (slots.length >= LARGE) this.#resize(SMALLEST);
  }

  #compact(): void {
    const whens = this.#whens;
    const slots = this.#slots;
    const timers = this.#timers;
    let kept = 0;
    for (let i = 0; i < this.#size; i += 1) {
      const slot = slots[i] as number;
      if (timers[slot] === null) continue;
      slots[i] = slots[kept] as number;
      slots[kept] = slot;
      whens[kept] = whens[i] as number;
      kept += 1;
    }
    this.#size = kept;
    this.#cancelled = 0;
    if (slots.length >= LARGE && kept * MOST_SLACK < slots.length) this.#resize(slots.length / 4);
    for (let i = (kept - 2) >> 2; i >= 0; i -= 1) {
      this.#siftDown(i, this.#whens[i] as number, this.#slots[i] as number);
    }
  }

  /** Moves everything to arrays of another length, and numbers the slots anew. */
  #resize(length: number): void {
    const whens = new Float64Array(length);
    const timers = emptySlots(length);
    for (let i = 0; i < this.#size; i += 1) {
      const timer = this.#timers[this.#slots[i] as number] as TimerHandle | null;
      if (timer !== null) timer._slot = i;
      timers[i] = timer;
      whens[i] = this.#whens[i] as number;
    }
    this.#whens = whens;
    this.#slots = numbered(length);
    this.#timers = timers;
  }

  #siftUp(start: number, when: number, slot: number): void {
    const whens = this.#whens;
    const slots = this.#slots;
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 2;
      const parent = whens[above] as number;
      if (parent <= when) break;
      whens[index] = parent;
      slots[index] = slots[above] as number;
      index = above;
    }
    whens[index] = when;
    slots[index] = slot;
  }

  #siftDown(start: number, when: number, slot: number): void {
    const whens = this.#whens;
    const slots = this.#slots;
    const size = this.#size;
    let index = start;
    for (;;) {
      let below = index * 4 + 1;
      if (below >= size) break;
      const last = Math.min(below + 4, size);
      let earliest = whens[below] as number;
      for (let child = below + 1; child < last; child += 1) {
        const time = whens[child] as number;
        if (time < earliest) {
          earliest = time;
          below = child;
        }
      }
      if (earliest >= when) break;
      whens[index] = earliest;
      slots[index] = slots[below] as number;
      index = below;
    }
    whens[index] = when;
    slots[index] = slot;
  }
}

function numbered(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let i = 0; i < length; i += 1) numbers[i] = i;
  return numbers;
}

function emptySlots(length: number): Array<TimerHandle | null> {
  return new Array<TimerHandle | null>(length).fill(null);
}
