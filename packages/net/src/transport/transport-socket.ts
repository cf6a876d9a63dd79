import { ValueError } from '@loop/core';
import type { Socket } from '@loop/posix';

/** What a {@link TransportSocket} shows: a socket of ours, or one of Node's. */
export type SocketView = Pick<
  Socket,
  | 'family'
  | 'type'
  | 'proto'
  | 'fileno'
  | 'getsockname'
  | 'getpeername'
  | 'getsockopt'
  | 'setsockopt'
  | 'shutdown'
  | 'dup'
>;

/**
 * The socket of a transport or server, as `getExtraInfo('socket')` gives it: to look at, and to set
 * options on. Reading, writing and closing are the transport's.
 *
 * @see CPython `asyncio.trsock.TransportSocket`
 */
export class TransportSocket {
  readonly #socket: SocketView;

  constructor(socket: SocketView) {
    this.#socket = socket;
  }

  get family(): number {
    return this.#socket.family;
  }

  get type(): number {
    return this.#socket.type;
  }

  get proto(): number {
    return this.#socket.proto;
  }

  /** The descriptor, -1 once it is closed. */
  fileno(): number {
    return this.#socket.fileno();
  }

  getsockname(): ReturnType<Socket['getsockname']> {
    return this.#socket.getsockname();
  }

  getpeername(): ReturnType<Socket['getpeername']> {
    return this.#socket.getpeername();
  }

  getsockopt(level: number, option: number): number;
  getsockopt(level: number, option: number, length: number): Buffer;
  getsockopt(level: number, option: number, length?: number): number | Buffer {
    return length === undefined
      ? this.#socket.getsockopt(level, option)
      : this.#socket.getsockopt(level, option, length);
  }

  setsockopt(...args: Parameters<Socket['setsockopt']>): void {
    this.#socket.setsockopt(...args);
  }

  shutdown(how: number): void {
    this.#socket.shutdown(how);
  }

  /** A socket of its own for the same connection, which the caller has to close. */
  dup(): Socket {
    return this.#socket.dup();
  }

  /** Descriptors here are closed on exec. */
  getInheritable(): boolean {
    return false;
  }

  getblocking(): boolean {
    return false;
  }

  /** @throws {ValueError} Unless `blocking` is false. */
  setblocking(blocking: boolean): void {
    if (blocking) throw new ValueError('setblocking(): transport sockets cannot be blocking');
  }

  gettimeout(): number {
    return 0;
  }

  /** @throws {ValueError} Unless `timeout` is 0. */
  settimeout(timeout: number | null): void {
    if (timeout !== 0) {
      throw new ValueError('settimeout(): only 0 timeout is allowed on transport sockets');
    }
  }

  toString(): string {
    return `<TransportSocket fd=${this.fileno()} family=${this.family} type=${this.type}>`;
  }
}
