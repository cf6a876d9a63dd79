/**
 * Numbers that look random and come again from the same seed (mulberry32: small, and good enough to choose
 * scenarios and sizes).
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` up to `high`, both possible. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(0, from.length - 1)] as T;
  }

  /** Few large sizes among many small ones, as traffic has them. */
  size(most: number): number {
    return Math.max(1, Math.floor(most ** this.next()));
  }

  bytes(count: number): Buffer {
    const data = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.integer(0, 2 ** 32 - 1);
      for (let byte = 0; byte < 4 && at + byte < count; byte++)
        data[at + byte] = word >>> (8 * byte);
    }
    return data;
  }

  /** A generator of its own for a part of the whole, so that parts do not disturb one another. */
  fork(): Random {
    return new Random(this.integer(0, 2 ** 32 - 1));
  }
}
