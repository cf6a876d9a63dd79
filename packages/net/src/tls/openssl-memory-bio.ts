import { checkBytes, checkInteger, OpenSslBio } from '@loop/posix/internal';
import { SSLError } from './ssl-error.ts';

/**
 * A queue of bytes between an {@link SSLObject} and whatever carries them.
 *
 * @see CPython `ssl.MemoryBIO`
 */
export class MemoryBIO {
  readonly #bio = new OpenSslBio();

  /** Bytes that wait to be read. */
  get pending(): number {
    return this.#bio.pending;
  }

  /** Whether {@link writeEof} was called, and everything has been read. */
  get eof(): boolean {
    return this.#bio.ended && this.pending === 0;
  }

  /**
   * Takes up to `size` bytes out; with -1, all.
   *
   * @returns Empty when there is nothing.
   */
  read(size = -1): Buffer {
    checkInteger(size, 'size');
    const length = size < 0 ? this.pending : Math.min(size, this.pending);
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, this.#bio.read(bytes, 0, length));
  }

  /**
   * Puts bytes in.
   *
   * @returns How many that were: all.
   * @throws {SSLError} {@link writeEof} was called.
   */
  write(data: Uint8Array): number {
    checkBytes(data, 'data');
    if (this.#bio.ended) {
      throw new SSLError('PROTOCOL_ERROR', { message: 'cannot write() after write_eof()' });
    }
    return this.#bio.write(data);
  }

  /** Nothing more will come: reading the last byte finds the end. */
  writeEof(): void {
    this.#bio.end();
  }

  /** @internal */
  get _bio(): OpenSslBio {
    return this.#bio;
  }
}
