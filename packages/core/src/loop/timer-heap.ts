import type { TimerHandle } from './handle.ts';

// Below this many timers it does not pay to look for cancelled ones.
const FEWEST_TO_COMPACT = 100;

/**
 * Timers by due time: a binary min-heap in an array.
 *
 * 1. A timer is due no later than its children at `2i + 1` and `2i + 2`.
 * 2. Cancelling only counts: cancelled timers leave at the front, or all together once they are
 *    more than half of the heap. That is done at once: timers that are set and cancelled, as timeouts
 *    are, then die young, which halves the cost of the pair.
 */
export class TimerHeap {
  readonly #heap: TimerHandle[] = [];
  #cancelled = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(timer: TimerHandle): void {
    timer._scheduled = true;
    const heap = this.#heap;
    heap.push(timer);
    siftUp(heap, heap.length - 1, timer);
  }

  /** One of the timers in the heap was cancelled. */
  noteCancelled(): void {
    this.#cancelled += 1;
    const { length } = this.#heap;
    if (length > FEWEST_TO_COMPACT && this.#cancelled > length / 2) this.#compact();
  }

  /** The due time of the earliest timer that is not cancelled, `Infinity` if there is none. */
  next(): number {
    this.#dropCancelled();
    const [first] = this.#heap;
    return first === undefined ? Infinity : first._when;
  }

  /** Takes the earliest timer if it is due at `latest` or before. */
  popDue(latest: number): TimerHandle | undefined {
    this.#dropCancelled();
    const [first] = this.#heap;
    return first === undefined || first._when > latest ? undefined : this.#pop();
  }

  clear(): void {
    for (const timer of this.#heap) timer._scheduled = false;
    this.#heap.length = 0;
    this.#cancelled = 0;
  }

  #dropCancelled(): void {
    if (this.#cancelled === 0) return;
    const heap = this.#heap;
    while (heap.length > 0 && (heap[0] as TimerHandle)._cancelled) {
      this.#cancelled -= 1;
      this.#pop();
    }
  }

  #pop(): TimerHandle {
    const heap = this.#heap;
    const first = heap[0] as TimerHandle;
    const last = heap.pop() as TimerHandle;
    if (heap.length > 0) siftDown(heap, 0, last);
    first._scheduled = false;
    return first;
  }

  #compact(): void {
    const heap = this.#heap;
    let kept = 0;
    for (const timer of heap) {
      if (timer._cancelled) timer._scheduled = false;
      else heap[kept++] = timer;
    }
    heap.length = kept;
    this.#cancelled = 0;
    for (let i = (kept >> 1) - 1; i >= 0; i -= 1) siftDown(heap, i, heap[i] as TimerHandle);
  }
}

function siftUp(heap: TimerHandle[], start: number, timer: TimerHandle): void {
  let index = start;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as TimerHandle;
    if (parent._when <= timer._when) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = timer;
}

function siftDown(heap: TimerHandle[], start: number, timer: TimerHandle): void {
  const size = heap.length;
  let index = start;
  for (;;) {
    let below = index * 2 + 1;
    if (below >= size) break;
    let child = heap[below] as TimerHandle;
    if (below + 1 < size) {
      const right = heap[below + 1] as TimerHandle;
      if (right._when < child._when) {
        child = right;
        below += 1;
      }
    }
    if (child._when >= timer._when) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = timer;
}
