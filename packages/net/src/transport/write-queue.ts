import { BLOCK, giveBlock, takeBlock } from './write-blocks.ts';

// Small pieces are put together in chunks of so many bytes: a call to the system takes 64 pieces.
const CHUNK = 16 * 1024;
// A queue of so few pieces is not worth a chunk, most of which would stay empty.
const FEW = 4;
// From here on copies lie in blocks that are used again.
const LARGE = 16 * 1024;

/** Bytes that wait to be written: pieces in order, the first of them perhaps written in part. */
export class WriteQueue {
  #pieces: Uint8Array[] = [];
  #offset = 0;
  #size = 0;
  /** The memory of the last piece, if there is room left in it, and how much of it is used. */
  #chunk: Buffer | null = null;
  #used = 0;

  /** Bytes in it. */
  get size(): number {
    return this.#size;
  }

  /** The pieces; the first counts from {@link offset} on. */
  get pieces(): readonly Uint8Array[] {
    return this.#pieces;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Keeps a copy of `data` from `start` on: the caller may use the buffer again. */
  push(data: Uint8Array, start = 0): void {
    const length = data.length - start;
    if (length <= 0) return;
    const rest = start === 0 ? data : data.subarray(start);
    this.#size += length;
    const chunk = this.#chunk;
    if (chunk !== null && length <= CHUNK - this.#used) {
      chunk.set(rest, this.#used);
      this.#used += length;
      this.#pieces[this.#pieces.length - 1] = chunk.subarray(0, this.#used);
    } else if (length >= LARGE) {
      this.#chunk = null;
      for (let at = 0; at < length; at += BLOCK) {
        this.#pieces.push(inBlock(rest.subarray(at, at + BLOCK)));
      }
    } else if (length > CHUNK / 2 || this.#pieces.length < FEW) {
      this.#chunk = null;
      this.#pieces.push(Buffer.from(rest));
    } else {
      this.#chunk = Buffer.allocUnsafe(CHUNK);
      this.#chunk.set(rest);
      this.#used = length;
      this.#pieces.push(this.#chunk.subarray(0, length));
    }
  }

  /** `count` bytes have been written. */
  drop(count: number): void {
    this.#size -= count;
    if (this.#size === 0) {
      this.clear();
      return;
    }
    let left = count + this.#offset;
    let whole = 0;
    for (const piece of this.#pieces) {
      if (left < piece.length) break;
      left -= piece.length;
      whole += 1;
      giveBlock(piece);
    }
    if (whole > 0) this.#pieces.splice(0, whole);
    this.#offset = left;
  }

  clear(): void {
    for (const piece of this.#pieces) giveBlock(piece);
    this.#pieces.length = 0;
    this.#offset = 0;
    this.#size = 0;
    this.#chunk = null;
  }
}

/** A copy of at most {@link BLOCK} bytes. */
function inBlock(data: Uint8Array): Uint8Array {
  const block = takeBlock();
  block.set(data);
  return block.subarray(0, data.length);
}
