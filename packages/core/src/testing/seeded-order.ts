import { describe } from '../error/describe.ts';

/**
 * Makes a function that shuffles arrays in place: from the same seed always the same sequence of
 * shuffles.
 */
export function createSeededOrder(seed: number): <T>(items: T[]) => void {
  if (!Number.isInteger(seed)) {
    throw new TypeError(`Expected seed to be an integer, got ${describe(seed)}`);
  }
  const random = mulberry32(seed);
  return (items) => {
    // Fisher-Yates.
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      [items[last], items[other]] = [items[other] as never, items[last] as never];
    }
  };
}

/** The generator mulberry32: numbers from 0 up to, but not including, 1. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
