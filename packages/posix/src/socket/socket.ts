import { inspect } from 'node:util';
import { checkBoolean, ValueError } from '@loop/core/errors';
import { checkBytes, checkInteger } from '../check-argument.ts';
import {
  AF_INET,
  SO_DOMAIN,
  SO_PROTOCOL,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../constants/constants.ts';
import { closeDescriptor, duplicate, isNonblocking, setNonblocking } from '../descriptor.ts';
import { describe } from '../describe.ts';
import { disown, own } from '../ffi/owned-descriptors.ts';
import { type FileObject, filenoOf } from '../file-descriptor.ts';
import { OSError } from '../os-error.ts';
import {
  addressOfSocket,
  CREATION_FLAGS,
  familyOfSocket,
  lastAddress,
  openSocket,
  tryAccept,
  tryBind,
  tryConnect,
  tryListen,
  tryRecvfromInto,
  tryRecvInto,
  trySend,
  trySendto,
  tryShutdown,
} from './native-socket.ts';
import { roomFor, takeReceived } from './receive-buffer.ts';
import { type PeerAddress, propertiesOfAddress, type SocketAddress } from './socket-address.ts';
import { getBytesOption, getIntegerOption, setOption } from './socket-options.ts';

const DEFAULT_BACKLOG = 128;
/** The kernel moves no more in one call. */
const LONGEST_TRANSFER = 0x7ffff000;

/** A descriptor that is known to be a new, non-blocking socket of the family and type given. */
class FreshDescriptor {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }
}

/**
 * A BSD socket. It owns one descriptor, which is non-blocking (unlike the reference's, until
 * {@link Socket.setblocking}) and closed on exec, and closes it once.
 *
 * Every method throws an {@link OSError} where the system refuses: `code` is `EAGAIN` where the call
 * would have to wait, `EINPROGRESS` for a connect that has begun, and `EBADF` once the socket is
 * closed. A wrong argument is a `TypeError` or `ValueError` before anything is done.
 *
 * @see CPython `socket.socket`; socket(2)
 */
export class Socket implements Disposable {
  readonly family: number;
  readonly type: number;
  readonly proto: number;
  #fd: number;

  /**
   * Opens a socket, or with `fd` takes over that descriptor: it becomes non-blocking, and belongs to
   * this object from then on. What is not said about it (`undefined` or -1) is asked of the system.
   *
   * @throws {OSError} `ENOTSOCK`: `fd` is no socket. It stays the caller's then.
   */
  constructor(family?: number, type?: number, proto?: number, fd?: FileObject) {
    if (fd instanceof FreshDescriptor) {
      this.#fd = fd.fd;
      this.family = family!;
      this.type = type!;
      this.proto = proto!;
    } else if (fd === undefined) {
      this.family = known(family, 'family') ?? AF_INET;
      this.type = (known(type, 'type') ?? SOCK_STREAM) & ~CREATION_FLAGS;
      this.proto = known(proto, 'proto') ?? 0;
      this.#fd = openSocket(this.family, this.type, this.proto);
    } else {
      if (fd instanceof Socket) {
        throw new ValueError(
          `Expected fd to have no owner, got ${describe(fd)}: detach() it first`,
        );
      }
      const descriptor = filenoOf(fd);
      const actual = getIntegerOption(descriptor, SOL_SOCKET, SO_TYPE);
      this.family = known(family, 'family') ?? familyOf(descriptor);
      this.type = known(type, 'type') ?? actual;
      this.proto = known(proto, 'proto') ?? protocolOf(descriptor);
      setNonblocking(descriptor);
      this.#fd = descriptor;
    }
    own(this.#fd);
  }

  /** The descriptor, or -1 once the socket is closed or detached. */
  fileno(): number {
    return this.#fd;
  }

  /** Gives the socket the address `address` of its family. An empty host is every interface. */
  bind(address: SocketAddress): void {
    const fd = this.#open('bind');
    settle(tryBind(fd, this.family, address), 'bind', address);
  }

  /** Starts to queue connections for {@link Socket.accept}, up to `backlog` of them. */
  listen(backlog = DEFAULT_BACKLOG): void {
    checkInteger(backlog, 'backlog');
    settle(tryListen(this.#open('listen'), Math.max(backlog, 0)), 'listen');
  }

  /** The next connection, as a new non-blocking socket, and the peer's address. */
  accept(): [Socket, PeerAddress] {
    const fd = settle(tryAccept(this.#open('accept')), 'accept');
    const address = lastAddress();
    return [adoptSocket(fd, this.family, this.type, this.proto), address];
  }

  /**
   * Connects to `address`, whose host is numeric: names are for `getaddrinfo()`.
   *
   * @throws {OSError} `EINPROGRESS`: it has begun. The socket is writable when it has ended, and
   *   `getsockopt(SOL_SOCKET, SO_ERROR)` then says how.
   */
  connect(address: SocketAddress): void {
    const fd = this.#open('connect');
    settle(tryConnect(fd, this.family, address), 'connect', address);
  }

  /** Up to `bufsize` bytes; none at the end of the stream. The buffer is the caller's to keep. */
  recv(bufsize: number, flags = 0): Buffer {
    checkTransfer(bufsize, 'bufsize', flags);
    const fd = this.#open('recv');
    const room = roomFor(bufsize);
    return takeReceived(room, settle(tryRecvInto(fd, room, 0, bufsize, flags), 'recv'));
  }

  /**
   * Receives into the start of `buffer`; returns the number of bytes, 0 at the end of the stream.
   *
   * @param nbytes - At most so many bytes; 0 means as many as fit.
   */
  recvInto(buffer: Uint8Array, nbytes = 0, flags = 0): number {
    const length = checkRoom(buffer, nbytes, flags);
    return settle(tryRecvInto(this.#open('recv'), buffer, 0, length, flags), 'recv');
  }

  /** One datagram and its sender; what exceeds `bufsize` is cut off and lost. */
  recvfrom(bufsize: number, flags = 0): [Buffer, PeerAddress] {
    checkTransfer(bufsize, 'bufsize', flags);
    const fd = this.#open('recvfrom');
    const room = roomFor(bufsize);
    const count = settle(tryRecvfromInto(fd, room, 0, bufsize, flags), 'recvfrom');
    return [takeReceived(room, count), lastAddress()];
  }

  /** {@link Socket.recvInto} that also tells the sender. */
  recvfromInto(buffer: Uint8Array, nbytes = 0, flags = 0): [number, PeerAddress] {
    const length = checkRoom(buffer, nbytes, flags);
    const fd = this.#open('recvfrom');
    const count = settle(tryRecvfromInto(fd, buffer, 0, length, flags), 'recvfrom');
    return [count, lastAddress()];
  }

  /** Sends what the system takes of `data` now; returns the number of bytes. */
  send(data: Uint8Array, flags = 0): number {
    checkBytes(data, 'data');
    checkInteger(flags, 'flags');
    return settle(trySend(this.#open('send'), data, 0, data.length, flags), 'send');
  }

  /** Sends `data` as a datagram to `address`; returns the number of bytes. */
  sendto(data: Uint8Array, address: SocketAddress): number;
  sendto(data: Uint8Array, flags: number, address: SocketAddress): number;
  sendto(data: Uint8Array, ...rest: [SocketAddress] | [number, SocketAddress]): number {
    const [flags, address] = rest.length === 2 ? rest : [0, rest[0]];
    checkBytes(data, 'data');
    checkInteger(flags, 'flags');
    const fd = this.#open('sendto');
    return settle(trySendto(fd, data, flags, this.family, address), 'sendto', address);
  }

  /** Ends one direction or both: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`. */
  shutdown(how: number): void {
    checkInteger(how, 'how', 0, 2);
    settle(tryShutdown(this.#open('shutdown'), how), 'shutdown');
  }

  /** The socket's own address. */
  getsockname(): PeerAddress {
    return addressOfSocket(this.#open('getsockname'), 'getsockname');
  }

  /** The address of what it is connected to. */
  getpeername(): PeerAddress {
    return addressOfSocket(this.#open('getpeername'), 'getpeername');
  }

  /** An option that is an `int`; or, with `length`, up to so many bytes of one that is a struct. */
  getsockopt(level: number, option: number): number;
  getsockopt(level: number, option: number, length: number): Buffer;
  getsockopt(level: number, option: number, length?: number): number | Buffer {
    checkInteger(level, 'level', 0);
    checkInteger(option, 'option', 0);
    const fd = this.#open('getsockopt');
    return length === undefined
      ? getIntegerOption(fd, level, option)
      : getBytesOption(fd, level, option, length);
  }

  setsockopt(level: number, option: number, value: number | Uint8Array): void {
    checkInteger(level, 'level', 0);
    checkInteger(option, 'option', 0);
    setOption(this.#open('setsockopt'), level, option, value);
  }

  /** A blocking socket stops the whole thread while it waits. */
  setblocking(blocking: boolean): void {
    checkBoolean(blocking, 'blocking');
    setNonblocking(this.#open('fcntl'), !blocking);
  }

  getblocking(): boolean {
    return !isNonblocking(this.#open('fcntl'));
  }

  /** Gives the descriptor away: the caller closes it, and this socket counts as closed. */
  detach(): number {
    const fd = this.#fd;
    this.#fd = -1;
    disown(fd);
    return fd;
  }

  /** A second socket on the same connection, with a descriptor of its own. */
  dup(): Socket {
    const fd = duplicate(this.#open('fcntl'));
    return adoptSocket(fd, this.family, this.type, this.proto);
  }

  /** Closes the descriptor; a second call does nothing. */
  close(): void {
    const fd = this.detach();
    if (fd < 0) return;
    try {
      closeDescriptor(fd);
    } catch (error) {
      // The peer has reset the connection; the descriptor is closed all the same.
      if (!(error instanceof OSError && error.code === 'ECONNRESET')) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  toString(): string {
    return `<Socket fd=${this.#fd}, family=${this.family}, type=${this.type}, proto=${this.proto}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  #open(syscall: string): number {
    if (this.#fd < 0) throw new OSError('EBADF', { syscall });
    return this.#fd;
  }
}

/** A socket around a new descriptor that is non-blocking already; nothing is asked of the system. */
export function adoptSocket(fd: number, family: number, type: number, proto: number): Socket {
  return new Socket(family, type, proto, new FreshDescriptor(fd));
}

function settle(result: number, syscall: string, address?: unknown): number {
  if (result < 0) throw new OSError(result, { syscall, ...propertiesOfAddress(address) });
  return result;
}

function checkTransfer(size: unknown, name: string, flags: unknown): void {
  checkInteger(size, name, 0, LONGEST_TRANSFER);
  checkInteger(flags, 'flags');
}

function checkRoom(buffer: Uint8Array, nbytes: number, flags: number): number {
  checkBytes(buffer, 'buffer');
  checkTransfer(nbytes, 'nbytes', flags);
  if (nbytes > buffer.length) {
    throw new ValueError(
      `nbytes is greater than the length of the buffer: ${nbytes} > ${buffer.length}`,
    );
  }
  return nbytes || Math.min(buffer.length, LONGEST_TRANSFER);
}

function known(value: number | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  checkInteger(value, name, -1);
  return value < 0 ? undefined : value;
}

function familyOf(fd: number): number {
  return SO_DOMAIN < 0 ? familyOfSocket(fd) : getIntegerOption(fd, SOL_SOCKET, SO_DOMAIN);
}

function protocolOf(fd: number): number {
  return SO_PROTOCOL < 0 ? 0 : getIntegerOption(fd, SOL_SOCKET, SO_PROTOCOL);
}
