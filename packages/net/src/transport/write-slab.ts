const SLAB = 256 * 1024;

/**
 * Memory for what Node is given to write. Node keeps what it was given until it is written, and the
 * caller may change it at once; so it gets a copy. Nearly always the kernel has taken everything when
 * the call returns, and the same memory serves the next write.
 */
class WriteSlab {
  #memory = Buffer.alloc(0);
  #used = 0;
  #staged = 0;

  /** A copy of the pieces in one, `total` bytes. Without {@link keep} it lasts until the next. */
  stage(pieces: readonly Uint8Array[], total: number): Uint8Array {
    if (total > SLAB / 2) {
      this.#staged = 0;
      return Buffer.concat(pieces, total);
    }
    if (this.#memory.length - this.#used < total) {
      this.#memory = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
    }
    let at = this.#used;
    for (const piece of pieces) {
      this.#memory.set(piece, at);
      at += piece.length;
    }
    this.#staged = total;
    return this.#memory.subarray(this.#used, at);
  }

  /** What was staged last is still to be written. */
  keep(): void {
    this.#used += this.#staged;
    this.#staged = 0;
  }
}

/** One for the thread, since a write has begun before the next. */
export const writeSlab = new WriteSlab();
