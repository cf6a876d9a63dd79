import { pseudoRandom } from './pseudo-random.ts';

// Timeouts of one to two minutes in whole seconds: none is due while it is measured, and Node, which
// keeps a list for each length, has 60 of them.
const DELAYS = pseudoRandom(1 << 12, 60).map((seconds) => 60 + seconds);

/** The delay of the `i`-th timer, in seconds; the Python twins have the same ones. */
export function delay(i: number): number {
  return DELAYS[i & (DELAYS.length - 1)] as number;
}
