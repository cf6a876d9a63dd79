import { ValueError } from '@loop/core/errors';
import { PinnedBuffer } from '../ffi/library.ts';

const POINTER = 8;

/** `text` as C takes it: with a zero byte at its end. */
export function terminated(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length + 1);
  bytes.set(text);
  return bytes;
}

/**
 * A NULL-terminated array of C strings, as `argv` and `envp` are; it has to be referenced while C has
 * the address.
 */
export class StringVector {
  readonly #memory: PinnedBuffer;

  /** @throws {ValueError} One of them has a zero byte inside. */
  constructor(texts: readonly Uint8Array[]) {
    const table = POINTER * (texts.length + 1);
    const size = texts.reduce((sum, text) => sum + text.length + 1, table);
    this.#memory = new PinnedBuffer(size);
    const { bytes, address } = this.#memory;
    const pointers = new BigUint64Array(bytes.buffer, bytes.byteOffset, texts.length + 1);
    let at = table;
    for (const [index, text] of texts.entries()) {
      if (text.includes(0)) throw new ValueError('embedded null byte');
      pointers[index] = BigInt(address + at);
      bytes.set(text, at);
      at += text.length;
      bytes[at] = 0;
      at += 1;
    }
    pointers[texts.length] = 0n;
  }

  get address(): number {
    return this.#memory.address;
  }
}
