import { checkBytes, checkPart } from '../check-argument.ts';
import { part } from '../descriptor.ts';
import { ValueError } from '@loop/core/errors';
import { BIO_C_SET_BUF_MEM_EOF_RETURN } from './constants.ts';
import { openssl, requireOpenSsl } from './library.ts';
import { NativeObject } from './native-object.ts';
import { takeError } from './openssl-error.ts';

/**
 * A queue of bytes in OpenSSL's memory, that a connection reads from or writes to.
 *
 * @see BIO_s_mem(3)
 */
export class OpenSslBio {
  readonly #native: NativeObject;
  #ended = false;

  constructor() {
    requireOpenSsl();
    this.#native = new NativeObject(this, newMemoryBio(), 'BIO_free');
  }

  /** Bytes that wait to be read. */
  get pending(): number {
    return openssl.BIO_ctrl_pending(this.#native.address);
  }

  /** Whether {@link end} was called. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @returns How many bytes were put into `bytes`. */
  read(bytes: Uint8Array, offset: number, length: number): number {
    checkBytes(bytes, 'bytes');
    checkPart(bytes, offset, length);
    if (length === 0) return 0;
    return Math.max(0, openssl.BIO_read(this.#native.address, part(bytes, offset), length));
  }

  write(bytes: Uint8Array): number {
    checkBytes(bytes, 'bytes');
    if (this.#ended) throw new ValueError('cannot write() after write_eof()');
    if (bytes.length === 0) return 0;
    const count = openssl.BIO_write(this.#native.address, bytes, bytes.length);
    if (count < bytes.length) throw takeError('BIO_write');
    return count;
  }

  /** What is read when nothing is left is the end from now on. */
  end(): void {
    this.#ended = true;
    openssl.BIO_ctrl(this.#native.address, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, 0);
  }

  /**
   * The pointer with a reference of its own, which the caller takes over.
   * @internal
   */
  _share(): number {
    openssl.BIO_up_ref(this.#native.address);
    return this.#native.address;
  }
}

/** A memory BIO that asks to try again when it is empty, instead of being at its end. */
export function newMemoryBio(): number {
  const bio = openssl.BIO_new(openssl.BIO_s_mem());
  if (bio === 0) throw takeError('BIO_new');
  openssl.BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, 0);
  return bio;
}
