const EVERY = 512 * 1024;
const PIECES = 16;
const PIECE_LENGTH = 2000;
const LARGE = 8 * 1024 * 1024;

/**
 * What receiving costs beyond receiving: buffers are made as fast as bytes come, and die young. Two habits
 * of the runtime make that dear, and are talked out of it here, once there is traffic.
 *
 * 1. V8 counts memory outside of its heap as if it were old: once some 20 MB have come together in a small
 *    heap it collects everything, unless it has collected the young before, which it does when their own
 *    space is full. Garbage that counts there spares it that: half as much as is received (TCP echo of
 *    100 KiB on one connection: 100 us without, 41 with it; a quarter leaves it to luck).
 * 2. glibc gives memory back to the system when more than 128 KiB are free at the end of its heap, and gets
 *    it again page by page, each a fault. Once it has seen a large piece go it keeps twice as much (the
 *    dynamic threshold of mallopt(3)): 16 MiB, which the buffers between two collections come to
 *    (the same on the proactor: 107 us, and 53).
 */
class ReceivedMemory {
  #count = 0;
  #large = false;
  /** Only written to: what nobody could see, a compiler would leave out. */
  garbage: unknown = null;

  /** So many bytes were received into memory outside of V8's heap. */
  count(bytes: number): void {
    this.#count += bytes;
    if (this.#count < EVERY) return;
    this.#count = 0;
    if (!this.#large) {
      this.#large = true;
      // Never touched, so it costs addresses and no memory.
      this.garbage = Buffer.allocUnsafeSlow(LARGE);
    }
    for (let piece = 0; piece < PIECES; piece += 1) this.garbage = new Array(PIECE_LENGTH);
  }
}

/** One for the thread, as its heap is. */
export const receivedMemory = new ReceivedMemory();
