/**
 * Sockets as descriptors: the calls under `Socket`, and the hot path of `@loop/net`.
 *
 * What is named `try…` does not throw for the system: it returns the result, or a negative errno
 * (`-EAGAIN` where it would block). Lengths and offsets are checked all the same, since a wrong
 * one would write into memory that is not the caller's.
 */
import { checkPart } from '../check-argument.ts';
import { MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_NONBLOCK } from '../constants/constants.ts';
import { part, setCloseOnExec, setNonblocking } from '../descriptor.ts';
import { EINVAL } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { libc, type PinnedBuffer } from '../ffi/library.ts';
import {
  decodeAddress,
  encodeAddress,
  familyIn,
  type PeerAddress,
  SOCKADDR_SIZE,
} from './socket-address.ts';

/** Where the system sets these on a new descriptor by itself; macOS needs further calls. */
const ATOMIC = SOCK_CLOEXEC > 0;
/** Flags of socket(2) that are part of its second argument, not of the type. */
export const CREATION_FLAGS = ATOMIC ? SOCK_NONBLOCK | SOCK_CLOEXEC : 0;
/** Node ignores SIGPIPE; an embedder may not. */
const NO_SIGNAL = Math.max(MSG_NOSIGNAL, 0);

/** The sockaddr that the last call filled in or took; one per thread, as nothing runs in between. */
const sockaddr = Buffer.alloc(SOCKADDR_SIZE);
const sockaddrLength = new Uint32Array(1);

/** A new socket, non-blocking and closed on exec. */
export function openSocket(family: number, type: number, proto: number): number {
  return adopted(check(libc.socket(family, type | CREATION_FLAGS, proto), 'socket'));
}

/** Two connected sockets, non-blocking and closed on exec. */
export function openSocketPair(family: number, type: number, proto: number): [number, number] {
  const pair = new Int32Array(2);
  check(libc.socketpair(family, type | CREATION_FLAGS, proto, pair), 'socketpair');
  return [adopted(pair[0]!), adopted(pair[1]!)];
}

/** Accepts a connection: its descriptor, non-blocking and closed on exec; see {@link lastAddress}. */
export function tryAccept(fd: number): number {
  sockaddrLength[0] = SOCKADDR_SIZE;
  if (ATOMIC) return libc.accept4(fd, sockaddr, sockaddrLength, CREATION_FLAGS);
  const accepted = libc.accept(fd, sockaddr, sockaddrLength);
  return accepted < 0 ? accepted : adopted(accepted);
}

/** The address that came with the last {@link tryAccept} or {@link tryRecvfromInto} of this thread. */
export function lastAddress(): PeerAddress {
  return decodeAddress(sockaddr, Math.min(sockaddrLength[0]!, SOCKADDR_SIZE));
}

/** @throws {TypeError | ValueError} No address for a socket of `family`. */
export function tryConnect(fd: number, family: number, address: unknown): number {
  return libc.connect(fd, sockaddr, encodeAddress(family, address, sockaddr));
}

/** @throws {TypeError | ValueError} No address for a socket of `family`. */
export function tryBind(fd: number, family: number, address: unknown): number {
  return libc.bind(fd, sockaddr, encodeAddress(family, address, sockaddr));
}

export function tryListen(fd: number, backlog: number): number {
  return libc.listen(fd, backlog);
}

export function addressOfSocket(fd: number, syscall: 'getsockname' | 'getpeername'): PeerAddress {
  sockaddrLength[0] = SOCKADDR_SIZE;
  check(libc[syscall](fd, sockaddr, sockaddrLength), syscall);
  return lastAddress();
}

/** The family, by its name: for systems without SO_DOMAIN. */
export function familyOfSocket(fd: number): number {
  addressOfSocket(fd, 'getsockname');
  return familyIn(sockaddr);
}

/** Receives up to `length` bytes into `buffer` at `offset`; 0 at the end of the stream. */
export function tryRecvInto(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
): number {
  checkPart(buffer, offset, length);
  return libc.recv(fd, part(buffer, offset), length, flags);
}

/** The same into pinned memory: no subarray and no look-up of its address. */
export function tryRecvPinned(
  fd: number,
  memory: PinnedBuffer,
  offset: number,
  length: number,
  flags: number,
): number {
  // Also false for memory that was transferred to another thread: its length is 0 then.
  if (!(offset >= 0 && length >= 0 && offset + length <= memory.bytes.length)) return -EINVAL;
  return libc.recvAt(fd, memory.address + offset, length, flags);
}

/** Receives one datagram; its sender is {@link lastAddress}. */
export function tryRecvfromInto(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
): number {
  checkPart(buffer, offset, length);
  sockaddrLength[0] = SOCKADDR_SIZE;
  const count = libc.recvfrom(fd, part(buffer, offset), length, flags, sockaddr, sockaddrLength);
  if (count < 0) sockaddrLength[0] = 0;
  return count;
}

/** Sends up to `length` bytes of `buffer` from `offset` on. */
export function trySend(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
): number {
  checkPart(buffer, offset, length);
  return libc.send(fd, part(buffer, offset), length, flags | NO_SIGNAL);
}

/** @throws {TypeError | ValueError} No address for a socket of `family`. */
export function trySendto(
  fd: number,
  data: Uint8Array,
  flags: number,
  family: number,
  address: unknown,
): number {
  const length = encodeAddress(family, address, sockaddr);
  return libc.sendto(fd, data, data.length, flags | NO_SIGNAL, sockaddr, length);
}

export function tryShutdown(fd: number, how: number): number {
  return libc.shutdown(fd, how);
}

/** What a system without creation flags still has to be told. */
function adopted(fd: number): number {
  if (!ATOMIC) {
    setCloseOnExec(fd);
    setNonblocking(fd);
  }
  return fd;
}
