// A part this small is copied: it would keep the whole piece alive, which may be the transport's slab.
const SMALL = 256;
// So many pieces that have been taken are left in the array before it is cut.
const MOST_TAKEN = 64;
const NOTHING = Buffer.alloc(0);

/**
 * Bytes in the pieces in which they came. A piece that is taken whole is handed out as it is, and a
 * part of one as a view; nothing is copied but small parts, and what is taken from several pieces.
 *
 * Mostly there is one piece or none: it has a field of its own, and the array is for those behind it.
 */
export class ByteQueue {
  #head: Buffer | null = null;
  // How much of the head has been taken.
  #offset = 0;
  readonly #rest: Buffer[] = [];
  // The first of the rest that is left.
  #next = 0;
  #size = 0;

  /** Bytes in the queue. */
  get size(): number {
    return this.#size;
  }

  /** Adds a piece, which is the queue's from now on. It must not be empty. */
  push(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#head === null) this.#head = piece;
    else this.#rest.push(piece);
  }

  /** Takes the first `count` bytes, of which there must be so many. */
  take(count: number): Buffer {
    const piece = this.#head;
    if (count === 0 || piece === null) return Buffer.alloc(0);
    const start = this.#offset;
    const left = piece.length - start;
    if (count > left) return this.#join(count);
    this.#size -= count;
    if (count === left) this.#advance();
    else this.#offset += count;
    if (count === piece.length) return piece;
    return count < SMALL ? copyOf(piece, start, count) : piece.subarray(start, start + count);
  }

  /** Takes everything. */
  takeAll(): Buffer {
    return this.take(this.#size);
  }

  clear(): void {
    this.#head = null;
    this.#offset = 0;
    this.#rest.length = 0;
    this.#next = 0;
    this.#size = 0;
  }

  /** Where `needle`, of at least one byte, begins at or behind `from`; -1 if it is not there. */
  indexOf(needle: Buffer, from: number): number {
    let base = -this.#offset;
    let at = this.#next - 1;
    for (let piece = this.#head; piece !== null; piece = this.#pieceAt(at)) {
      if (base + piece.length > from) {
        const found = this.#indexIn(piece, at, Math.max(from, 0, base) - base, needle);
        if (found >= 0) return base + found;
      }
      base += piece.length;
      at += 1;
    }
    return -1;
  }

  /** The piece at a place of the rest; the head stands before the first. */
  #pieceAt(at: number): Buffer | null {
    return this.#rest[at] ?? null;
  }

  /** A match that begins in `piece`, which is `at`: inside of it, or over its end. */
  #indexIn(piece: Buffer, at: number, start: number, needle: Buffer): number {
    if (needle.length === 1) return piece.indexOf(needle[0] as number, start);
    const inside = piece.indexOf(needle, start);
    if (inside >= 0 || at === this.#rest.length - 1) return inside;
    const border = Math.max(start, piece.length - needle.length + 1);
    for (let i = border; i < piece.length; i += 1) {
      if (this.#matchesOver(piece, at, i, needle)) return i;
    }
    return -1;
  }

  /** Whether `needle` is there from byte `start` of the piece `first` on, and continues in the next ones. */
  #matchesOver(first: Buffer, at: number, start: number, needle: Buffer): boolean {
    let piece = first;
    let index = at;
    let i = start;
    for (const byte of needle) {
      while (i === piece.length) {
        index += 1;
        const next = this.#pieceAt(index);
        if (next === null) return false;
        piece = next;
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
      const piece = this.#head as Buffer;
      const start = this.#offset;
      const length = Math.min(piece.length - start, count - filled);
      piece.copy(whole, filled, start, start + length);
      filled += length;
      if (start + length === piece.length) this.#advance();
      else this.#offset += length;
    }
    this.#size -= count;
    return whole;
  }

  /** The head has been taken: the next piece takes its place. */
  #advance(): void {
    this.#offset = 0;
    if (this.#rest.length === 0) {
      this.#head = null;
      return;
    }
    this.#head = this.#rest[this.#next] as Buffer;
    // Only the head keeps its memory alive.
    this.#rest[this.#next] = NOTHING;
    this.#next += 1;
    if (this.#next === this.#rest.length) {
      this.#rest.length = 0;
      this.#next = 0;
    } else if (this.#next === MOST_TAKEN) {
      void this.#rest.splice(0, MOST_TAKEN);
      this.#next = 0;
    }
  }
}

function copyOf(piece: Buffer, start: number, count: number): Buffer {
  const copy = Buffer.allocUnsafe(count);
  piece.copy(copy, 0, start, start + count);
  return copy;
}
