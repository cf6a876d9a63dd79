import type { SocketAddress } from '@loop/posix';
import { SendBatch, trySend, trySendto } from '@loop/posix/internal';

/** A copy of what was given to send, and where to; `null` where the socket knows. */
interface Datagram {
  readonly data: Uint8Array;
  readonly address: SocketAddress | null;
}

// The reference counts so many bytes for each datagram besides its own.
const OVERHEAD = 8;
const CAN_BATCH = process.platform === 'linux';

let shared: SendBatch | null = null;

/** Datagrams of one socket that wait to be sent, in order. */
export class DatagramQueue {
  readonly #fd: number;
  readonly #family: number;
  readonly #connected: boolean;
  #waiting: Datagram[] = [];
  #size = 0;

  /** @param connected - The socket has a peer: addresses count for nothing. */
  constructor(fd: number, family: number, connected: boolean) {
    this.#fd = fd;
    this.#family = family;
    this.#connected = connected;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Bytes that wait, and 8 more for each datagram. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a copy of `data`: the caller may use the buffer again. */
  push(data: Uint8Array, address: SocketAddress | null): void {
    this.#waiting.push({ data: Buffer.from(data), address });
    this.#size += data.length + OVERHEAD;
  }

  /**
   * Sends one datagram past the queue; the number of its bytes, or a negative errno.
   *
   * @throws {TypeError | ValueError} No address of the socket's family.
   */
  sendNow(data: Uint8Array, address: SocketAddress | null): number {
    return this.#connected
      ? trySend(this.#fd, data, 0, data.length, 0)
      : trySendto(this.#fd, data, 0, this.#family, address);
  }

  /**
   * Sends the first of those that wait, by one call; how many have gone, or a negative errno if the
   * first cannot be sent. That one stays: {@link drop} takes it out.
   *
   * @throws {TypeError | ValueError | OSError} The first has no address of the socket's family.
   */
  send(): number {
    const [first] = this.#waiting;
    if (first === undefined) return 0;
    const result =
      this.#waiting.length > 1 && CAN_BATCH ? this.#sendBatch() : this.#sendFirst(first);
    if (result > 0) this.#remove(result);
    return result;
  }

  /** Takes the first out, unsent. */
  drop(): void {
    this.#remove(1);
  }

  clear(): void {
    this.#waiting = [];
    this.#size = 0;
  }

  #sendFirst({ data, address }: Datagram): number {
    const result = this.sendNow(data, address);
    return result < 0 ? result : 1;
  }

  #sendBatch(): number {
    shared ??= new SendBatch();
    try {
      for (const { data, address } of this.#waiting) {
        if (!shared.add(data, this.#family, this.#connected ? null : address)) break;
      }
    } catch (error) {
      // Those before it go first.
      if (shared.size === 0) throw error;
    }
    try {
      return shared.send(this.#fd);
    } finally {
      while (shared.size > 0) shared.drop();
    }
  }

  #remove(count: number): void {
    for (const { data } of this.#waiting.splice(0, count)) this.#size -= data.length + OVERHEAD;
  }
}
