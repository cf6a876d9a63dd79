import type { OpenSslConnection } from '@loop/posix/internal';
import type { StreamChannel } from '../transport/stream-channel.ts';
import { encryptedOutput, MOST_PLAIN } from './openssl-memory.ts';

// Smaller pieces of one call share a record, which is at most so long.
const RECORD = 16 * 1024;

/** Plaintext on its way into a connection, and what becomes of it on its way to the channel below. */
export class OpenSslOutput {
  readonly #connection: OpenSslConnection;
  readonly #channel: StreamChannel;
  #waiting: Uint8Array[] = [];
  #size = 0;

  constructor(connection: OpenSslConnection, channel: StreamChannel) {
    this.#connection = connection;
    this.#channel = channel;
  }

  /** Bytes of plaintext that wait for the handshake. */
  get waiting(): number {
    return this.#size;
  }

  /** Keeps a copy until the handshake is over. */
  keep(data: Uint8Array): void {
    this.#waiting.push(Buffer.from(data));
    this.#size += data.length;
  }

  /** Sends what was kept. */
  sendKept(): void {
    const pieces = this.#waiting;
    this.forget();
    if (pieces.length > 0) this.writev(pieces);
  }

  forget(): void {
    this.#waiting = [];
    this.#size = 0;
  }

  write(data: Uint8Array): void {
    this.#encrypt(data);
    this.flush();
  }

  writev(pieces: readonly Uint8Array[]): void {
    for (const piece of joinSmall(pieces)) this.#encrypt(piece);
    this.flush();
  }

  /**
   * Hands what the connection has to say to the channel below.
   *
   * @returns Whether there was anything.
   */
  flush(): boolean {
    const memory = encryptedOutput();
    const { length } = memory.bytes;
    let some = false;
    for (;;) {
      // A failure to write may have closed everything.
      if (this.#connection.freed) return some;
      const count = this.#connection.drainPinned(memory, 0, length);
      if (count === 0) return some;
      some = true;
      this.#channel.write(memory.bytes.subarray(0, count));
      if (count < length) return true;
    }
  }

  #encrypt(data: Uint8Array): void {
    // TLS within TLS hands over the very memory that flush() writes to: all of it has to be read first.
    if (data.length <= encryptedOutput().bytes.length) {
      this.#connection.write(data);
      return;
    }
    for (let from = 0; from < data.length && !this.#connection.freed; from += MOST_PLAIN) {
      this.#connection.write(data.subarray(from, from + MOST_PLAIN));
      this.flush();
    }
  }
}

/** Each record costs 22 bytes and a call: small pieces are put together. */
function joinSmall(pieces: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  let size = 0;
  const join = (): void => {
    if (small.length > 0) joined.push(small.length === 1 ? small[0]! : Buffer.concat(small, size));
    small = [];
    size = 0;
  };
  for (const piece of pieces) {
    if (size + piece.length > RECORD) join();
    if (piece.length >= RECORD) joined.push(piece);
    else {
      small.push(piece);
      size += piece.length;
    }
  }
  join();
  return joined;
}
