/** Bytes that wait to be written: pieces in order, the first of them perhaps written in part. */
export class WriteQueue {
  #pieces: Uint8Array[] = [];
  #offset = 0;
  #size = 0;

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
    if (start >= data.length) return;
    this.#pieces.push(Buffer.from(data.subarray(start)));
    this.#size += data.length - start;
  }

  /** `count` bytes have been written. */
  drop(count: number): void {
    this.#size -= count;
    let left = count + this.#offset;
    let whole = 0;
    for (const piece of this.#pieces) {
      if (left < piece.length) break;
      left -= piece.length;
      whole += 1;
    }
    if (whole > 0) this.#pieces.splice(0, whole);
    this.#offset = left;
  }

  clear(): void {
    this.#pieces = [];
    this.#offset = 0;
    this.#size = 0;
  }
}
