import { checkBytes, checkInteger } from '../check-argument.ts';
import { iovec } from '../ffi/layouts.ts';
import { addressOfBytes, libc, PinnedBuffer } from '../ffi/library.ts';

/** More are legal (1024); what is left over is written next time. */
const BUFFERS_PER_CALL = 64;
/** The kernel moves no more in one call. */
const LONGEST = 0x7ffff000;

let vector: IoVector | undefined;

/**
 * Writes `buffers` in order, the first of them from `offset` on, in one call.
 *
 * @returns The number of bytes taken, perhaps less than all, or a negative errno.
 * @see writev(2)
 */
export function tryWritev(fd: number, buffers: readonly Uint8Array[], offset = 0): number {
  vector ??= new IoVector(BUFFERS_PER_CALL);
  const count = Math.min(buffers.length, BUFFERS_PER_CALL);
  for (let index = 0; index < count; index += 1) {
    const bytes = buffers[index]!;
    checkBytes(bytes, 'buffers');
    const start = index === 0 ? offset : 0;
    if (start !== 0) checkInteger(start, 'offset', 0, bytes.length);
    vector.set(index, bytes, start);
  }
  return libc.writev(fd, vector.address, count);
}

/** An array of `struct iovec`. The memory it points to is the caller's to keep until the call is over. */
class IoVector {
  readonly #memory: PinnedBuffer;
  readonly #fields: DataView;

  constructor(count: number) {
    this.#memory = new PinnedBuffer(count * iovec.size);
    const { buffer, byteOffset, length } = this.#memory.bytes.fill(0);
    this.#fields = new DataView(buffer, byteOffset, length);
  }

  get address(): number {
    return this.#memory.address;
  }

  set(index: number, bytes: Uint8Array, start: number): void {
    const address = bytes.length === start ? 0 : addressOfBytes(bytes) + start;
    setPointer(this.#fields, index * iovec.size + iovec.base, address);
    const length = Math.min(bytes.length - start, LONGEST);
    this.#fields.setUint32(index * iovec.size + iovec.length, length, true);
  }
}

/** A 64-bit word in two halves: a BigInt for each pointer would cost more than the call. */
export function setPointer(fields: DataView, offset: number, address: number): void {
  fields.setUint32(offset, address % 2 ** 32, true);
  fields.setUint32(offset + 4, Math.floor(address / 2 ** 32), true);
}
