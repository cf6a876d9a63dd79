/**
 * The stream ended before the read had what it waits for. What came is in {@link partial}, and no
 * longer in the reader.
 *
 * @see CPython `asyncio.IncompleteReadError`
 */
export class IncompleteReadError extends Error {
  override readonly name: string = 'IncompleteReadError';
  /** What came before the end. */
  readonly partial: Buffer;
  /** How many bytes were wanted in all; `null` where that is not known. */
  readonly expected: number | null;

  constructor(partial: Uint8Array, expected: number | null) {
    super(`${partial.length} bytes read on a total of ${expected ?? 'undefined'} expected bytes`);
    this.partial = asBuffer(partial);
    this.expected = expected;
  }
}

/**
 * No separator within the reader's limit. All data are still in the reader: {@link consumed} says how
 * much of them can be read without coming to a separator.
 *
 * @see CPython `asyncio.LimitOverrunError`
 */
export class LimitOverrunError extends Error {
  override readonly name: string = 'LimitOverrunError';
  /** Bytes from the start of the buffer on that hold no separator, and no beginning of one. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super(message);
    this.consumed = consumed;
  }
}

/** The same bytes, with the methods of a `Buffer`. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
