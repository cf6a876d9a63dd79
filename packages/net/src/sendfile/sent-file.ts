import { fstatSync, read } from 'node:fs';
import { isSupported } from '@loop/posix';
import { trySeek } from '@loop/posix/internal';
import { fromNodeError } from '../backend/node-error.ts';
import type { Extent, SendfileSource } from './sendfile-arguments.ts';

/** A file that is being sent, and where in it that is. */
export class SentFile {
  readonly #file: SendfileSource;
  readonly #extent: Extent;
  #sent = 0;

  constructor(file: SendfileSource, extent: Extent) {
    this.#file = file;
    this.#extent = extent;
  }

  /** The descriptor, -1 where there is none, or none any more. */
  get fd(): number {
    return typeof this.#file === 'number' ? this.#file : (this.#file.fd ?? -1);
  }

  /** Whether it is a regular file that the system can read by itself. */
  isRegular(): boolean {
    try {
      return fstatSync(this.fd).isFile();
    } catch {
      return false;
    }
  }

  /** Bytes sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#extent.offset + this.#sent;
  }

  /** How many bytes may be sent yet, up to `most`. */
  left(most: number): number {
    const { count } = this.#extent;
    return count === null ? most : Math.min(most, count - this.#sent);
  }

  /** So many more were sent. */
  advance(count: number): void {
    this.#sent += count;
  }

  /** Reads into `buffer`; fewer bytes than fit only at the end of the file. */
  async read(buffer: Uint8Array): Promise<number> {
    const file = this.#file;
    if (typeof file === 'number') return await readDescriptor(file, buffer, this.position);
    return (await file.read(buffer, 0, buffer.length, this.position)).bytesRead;
  }

  /**
   * Leaves the file's own position behind the last byte that was sent, so that it tells how many
   * there were. Without FFI nobody can.
   */
  settlePosition(): void {
    const { fd } = this;
    if (this.#sent > 0 && fd >= 0 && isSupported()) trySeek(fd, this.position);
  }
}

function readDescriptor(fd: number, buffer: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (error, count) => {
      if (error === null) resolve(count);
      else reject(fromNodeError(error, 'read'));
    });
  });
}
