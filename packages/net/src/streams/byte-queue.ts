// A part this small is copied: it would keep the whole piece alive, which may be the transport's slab.
const SMALL = 256;
// So many pieces that have been taken are left in the array before it is cut.
const MOST_TAKEN = 64;

/**
 * Bytes in the pieces in which they came. A piece that is taken whole is handed out as it is, and a
 * part of one as a view; nothing is copied but small parts, and what is taken from several pieces.
 */
export class ByteQueue {
  readonly #pieces: Buffer[] = [];
  // The first piece with bytes left, and where they begin.
  #first = 0;
  #offset = 0;
  #size = 0;

  /** Bytes in the queue. */
  get size(): number {
    return this.#size;
  }

  /** Adds a piece, which is the queue's from now on. It must not be empty. */
  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Takes the first `count` bytes, of which there must be so many. */
  take(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0);
    const piece = this.#pieces[this.#first] as Buffer;
    const start = this.#offset;
    const left = piece.length - start;
    if (count > left) return this.#join(count);
    this.#size -= count;
    if (count === left) this.#shift();
    else this.#offset += count;
    if (count === piece.length) return piece;
    return count < SMALL ? copyOf(piece, start, count) : piece.subarray(start, start + count);
  }

  /** Takes everything. */
  takeAll(): Buffer {
    return this.take(this.#size);
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#first = 0;
    this.#offset = 0;
    this.#size = 0;
  }

  /** Where `needle`, of at least one byte, begins at or behind `from`; -1 if it is not there. */
  indexOf(needle: Buffer, from: number): number {
    let base = -this.#offset;
    for (let at = this.#first; at < this.#pieces.length; at += 1) {
      const piece = this.#pieces[at] as Buffer;
      if (base + piece.length > from) {
        const found = this.#indexIn(at, Math.max(from, 0, base) - base, needle);
        if (found >= 0) return base + found;
      }
      base += piece.length;
    }
    return -1;
  }

  /** A match that begins in the piece number `at`: inside of it, or over its end. */
  #indexIn(at: number, start: number, needle: Buffer): number {
    const piece = this.#pieces[at] as Buffer;
    if (needle.length === 1) return piece.indexOf(needle[0] as number, start);
    const inside = piece.indexOf(needle, start);
    if (inside >= 0 || at === this.#pieces.length - 1) return inside;
    const border = Math.max(start, piece.length - needle.length + 1);
    for (let i = border; i < piece.length; i += 1) {
      if (this.#matchesOver(at, i, needle)) return i;
    }
    return -1;
  }

  /** Whether `needle` is there from byte `start` of piece `at` on, and continues in the next pieces. */
  #matchesOver(at: number, start: number, needle: Buffer): boolean {
    let index = at;
    let piece = this.#pieces[index] as Buffer;
    let i = start;
    for (const byte of needle) {
      while (i === piece.length) {
        index += 1;
        if (index === this.#pieces.length) return false;
        piece = this.#pieces[index] as Buffer;
        i = 0;
      }
      if (piece[i] !== byte) return false;
      i += 1;
    }
    return true;
  }

  #join(count: number): Buffer {
    const whole = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      const piece = this.#pieces[this.#first] as Buffer;
      const start = this.#offset;
      const length = Math.min(piece.length - start, count - filled);
      piece.copy(whole, filled, start, start + length);
      filled += length;
      if (start + length === piece.length) this.#shift();
      else this.#offset += length;
    }
    this.#size -= count;
    return whole;
  }

  #shift(): void {
    this.#first += 1;
    this.#offset = 0;
    if (this.#first === this.#pieces.length) {
      this.#pieces.length = 0;
      this.#first = 0;
    } else if (this.#first === MOST_TAKEN) {
      void this.#pieces.splice(0, MOST_TAKEN);
      this.#first = 0;
    }
  }
}

function copyOf(piece: Buffer, start: number, count: number): Buffer {
  const copy = Buffer.allocUnsafe(count);
  piece.copy(copy, 0, start, start + count);
  return copy;
}
