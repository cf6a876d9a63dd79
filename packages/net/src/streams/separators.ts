import { ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import type { ByteQueue } from './byte-queue.ts';
import { asBuffer } from './errors.ts';

/** Where a separator was found: the bytes before it, and those up to its end. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** What a read looks for: one separator, or the one of several that ends first. */
export class Separators {
  // The shorter first: of two that end at the same place, the shorter one counts.
  readonly #all: readonly Buffer[];

  /**
   * @throws {ValueError} There is none, or an empty one.
   * @throws {TypeError} Something is no Uint8Array.
   */
  constructor(given: Uint8Array | readonly Uint8Array[]) {
    const list = given instanceof Uint8Array ? [given] : given;
    if (!Array.isArray(list)) throw notSeparators(given);
    if (list.length === 0) throw new ValueError('Separator should contain at least one element');
    for (const each of list as readonly unknown[]) {
      if (!(each instanceof Uint8Array)) throw notSeparators(each);
      if (each.length === 0) throw new ValueError('Separator should be at least one-byte string');
    }
    this.#all = (list as readonly Uint8Array[])
      .map(asBuffer)
      .sort((one, other) => one.length - other.length);
  }

  /** The first match that begins at or behind `from`, or else `null`. */
  find(queue: ByteQueue, from: number): Match | null {
    let best: Match | null = null;
    for (const separator of this.#all) {
      const start = queue.indexOf(separator, from);
      const end = start + separator.length;
      if (start >= 0 && (best === null || end < best.end)) best = { start, end };
    }
    return best;
  }

  /** Where to look next if nothing is in the first `size` bytes: what is before can be in no match. */
  nextStart(size: number): number {
    const longest = this.#all.at(-1) as Buffer;
    return Math.max(0, size + 1 - longest.length);
  }
}

export const NEWLINE = new Separators(Buffer.from('\n'));

function notSeparators(given: unknown): TypeError {
  return new TypeError(
    `Expected separator to be bytes or an array of bytes, got ${describe(given)}`,
  );
}
