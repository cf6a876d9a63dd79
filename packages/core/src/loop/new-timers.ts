import type { TimerHandle } from './handle.ts';

const SHIFT = 10;
const LENGTH = 1 << SHIFT;
const MASK = LENGTH - 1;
// So many chunks of which little is left are too many.
const MOST_SPARSE = 8;
const MOST_SLACK = 4;

/** So many timers in the order they came in, `null` for those that have left. */
class Chunk {
  readonly timers: Array<TimerHandle | null> = new Array<TimerHandle | null>(LENGTH).fill(null);
  readonly number: number;
  left = 0;

  constructor(number: number) {
    this.number = number;
  }
}

/**
 * Timers that were scheduled lately, in no order but that. Most timers are timeouts that are cancelled long
 * before they are due: here that is all their cost, and no heap is touched.
 *
 * 1. They lie in chunks, each made anew when the last one is full. A chunk is young as its timers are, and
 *    goes when they do: one old array would have the collector told of each timer that is stored in it.
 * 2. `timer._slot` is `-2 - place`, where the place is the chunk's number and the index in it.
 * 3. `earliest` is at or before the due time of all. It is exact while the timer that it came from is
 *    here; after that only a look at all of them would tell.
 */
export class NewTimers {
  #chunks: Array<Chunk | null> = [null];
  #unused: number[] = [];
  /** In the order they were begun. */
  readonly #order = new Set<Chunk>();
  #last = new Chunk(0);
  #used = 0;
  #first: TimerHandle | null = null;
  size = 0;
  earliest = Infinity;

  constructor() {
    this.#chunks[0] = this.#last;
    this.#order.add(this.#last);
  }

  /** Whether a timer that is here is due at `earliest`. */
  get exact(): boolean {
    return this.#first !== null;
  }

  /** Whether the timers are few for the chunks that they are in: it is time to take them out. */
  get sparse(): boolean {
    const { size: chunks } = this.#order;
    return chunks > MOST_SPARSE && chunks * LENGTH > this.size * MOST_SLACK;
  }

  add(timer: TimerHandle, when: number): void {
    if (this.#used === LENGTH) this.#begin();
    const chunk = this.#last;
    const index = this.#used;
    chunk.timers[index] = timer;
    chunk.left += 1;
    timer._slot = -2 - ((chunk.number << SHIFT) | index);
    this.#used = index + 1;
    this.size += 1;
    if (when < this.earliest) {
      this.earliest = when;
      this.#first = timer;
    }
  }

  /** Takes out a timer that is here. */
  remove(timer: TimerHandle): void {
    const place = -2 - timer._slot;
    const chunk = this.#chunks[place >> SHIFT] as Chunk;
    chunk.timers[place & MASK] = null;
    chunk.left -= 1;
    timer._slot = -1;
    this.size -= 1;
    if (timer === this.#first) this.#first = null;
    if (chunk.left === 0) this.#emptied(chunk);
  }

  /** Takes all of them out, in the order they came in. */
  takeAll(take: (timer: TimerHandle) => void): void {
    for (const chunk of this.#order) {
      for (let i = 0; i < LENGTH && chunk.left > 0; i += 1) {
        const timer = chunk.timers[i] as TimerHandle | null;
        if (timer === null) continue;
        chunk.timers[i] = null;
        chunk.left -= 1;
        timer._slot = -1;
        take(timer);
      }
      this.#emptied(chunk);
    }
    this.size = 0;
    this.#reset();
  }

  #begin(): void {
    const number = this.#unused.pop() ?? this.#chunks.length;
    const chunk = new Chunk(number);
    this.#chunks[number] = chunk;
    this.#order.add(chunk);
    this.#last = chunk;
    this.#used = 0;
  }

  #emptied(chunk: Chunk): void {
    if (chunk !== this.#last) {
      this.#order.delete(chunk);
      this.#chunks[chunk.number] = null;
      this.#unused.push(chunk.number);
    }
    if (this.size === 0) this.#reset();
  }

  #reset(): void {
    this.earliest = Infinity;
    this.#first = null;
    if (this.#used === LENGTH) {
      this.#order.clear();
      this.#chunks = [];
      this.#unused = [];
      this.#begin();
    }
    this.#used = 0;
  }
}
