import { markAsUntransferable } from 'node:worker_threads';
import { PinnedBuffer } from '@loop/posix/internal';
import { receivedMemory } from './received-memory.ts';

// With 256 KiB a third of a slab is lost on reads of 100 KiB, and V8 collects everything again and again
// (received-memory.ts): an echo of them costs 180 us in place of 40.
const SLAB = 512 * 1024;
// A read is offered at least so much, or a new slab is begun: small rests would cut large reads up.
const LEAST_OFFER = 64 * 1024;
// The reference hands over no more at a time.
const MOST_OFFER = 256 * 1024;
// Below this a copy is cheaper than keeping the slab alive for it.
const SMALL = 256;

/**
 * Memory that is received into and handed out, each byte once: what a protocol gets is its own to
 * keep, and nothing is copied on the way. One for the thread, since a read is over before the next.
 */
class ReadSlab {
  #memory: PinnedBuffer | null = null;
  #used = 0;

  /** How much room there is at least. */
  readonly leastRoom = LEAST_OFFER;

  /** The memory to receive into, from {@link offset} on, at most {@link room} bytes. */
  get memory(): PinnedBuffer {
    if (this.#memory === null || SLAB - this.#used < LEAST_OFFER) {
      this.#memory = new PinnedBuffer(SLAB);
      receivedMemory.count(SLAB);
      // Whoever transferred one part to another thread would take all others away.
      markAsUntransferable(this.#memory.bytes.buffer);
      this.#used = 0;
    }
    return this.#memory;
  }

  get offset(): number {
    return this.#used;
  }

  get room(): number {
    return Math.min(SLAB - this.#used, MOST_OFFER);
  }

  /** Hands out the `count` bytes that were received. */
  take(count: number): Buffer {
    const { bytes } = this.#memory as PinnedBuffer;
    const start = this.#used;
    if (count < SMALL) {
      // The same place serves the next read.
      const copy = Buffer.allocUnsafe(count);
      bytes.copy(copy, 0, start, start + count);
      return copy;
    }
    this.#used = start + count;
    return bytes.subarray(start, start + count);
  }
}

export const readSlab = new ReadSlab();
