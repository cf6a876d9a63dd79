/** Sockets by coroutines: each call is tried at once, and again whenever the socket is ready. */
import { isIP } from 'node:net';
import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import {
  type AddressInfo,
  AF_INET,
  AF_INET6,
  OSError,
  type Socket,
  type SocketAddress,
} from '@loop/posix';
import {
  adoptSocket,
  checkBytes,
  checkInteger,
  describe,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  lastAddress,
  takeSocketError,
  tryAccept,
  tryConnect,
  tryRecvfromInto,
  tryRecvInto,
  tryRecvPinned,
  trySend,
  trySendto,
} from '@loop/posix/internal';
import { checkSocket } from '../check-options.ts';
import { addressesOf, type Host, type Port } from '../resolve.ts';
import { readSlab } from '../transport/read-slab.ts';
import { connectError } from './connect-error.ts';
import { untilReady } from './readiness.ts';

/** The kernel moves no more in one call. */
const LONGEST_TRANSFER = 0x7ffff000;

export function* sockRecv(loop: EventLoop, socket: Socket, size: number): Coroutine<Buffer> {
  checkUsable(loop, socket);
  checkSize(size, 'nbytes');
  if (size === 0) return Buffer.alloc(0);
  // Beyond what the slab always has room for, memory of its own.
  const large = size > readSlab.leastRoom ? Buffer.allocUnsafeSlow(size) : null;
  const count = yield* attempt(loop, socket, 'read', 'recv', (fd) =>
    large === null
      ? tryRecvPinned(fd, readSlab.memory, readSlab.offset, size, 0)
      : tryRecvInto(fd, large, 0, size, 0),
  );
  return large === null ? readSlab.take(count) : fitted(large, count);
}

export function* sockRecvInto(
  loop: EventLoop,
  socket: Socket,
  buffer: Uint8Array,
): Coroutine<number> {
  checkUsable(loop, socket);
  checkBytes(buffer, 'buf');
  if (buffer.length === 0) return 0;
  return yield* attempt(loop, socket, 'read', 'recv', (fd) =>
    tryRecvInto(fd, buffer, 0, buffer.length, 0),
  );
}

export function* sockRecvfrom(
  loop: EventLoop,
  socket: Socket,
  size: number,
): Coroutine<[Buffer, SocketAddress]> {
  checkUsable(loop, socket);
  checkSize(size, 'bufsize');
  const buffer = Buffer.allocUnsafe(size);
  const count = yield* attempt(loop, socket, 'read', 'recvfrom', (fd) =>
    tryRecvfromInto(fd, buffer, 0, size, 0),
  );
  const address = lastAddress();
  return [fitted(buffer, count), address];
}

export function* sockRecvfromInto(
  loop: EventLoop,
  socket: Socket,
  buffer: Uint8Array,
  size: number,
): Coroutine<[number, SocketAddress]> {
  checkUsable(loop, socket);
  checkBytes(buffer, 'buf');
  checkSize(size, 'nbytes');
  if (size > buffer.length) {
    throw new ValueError(
      `nbytes is greater than the length of the buffer: ${size} > ${buffer.length}`,
    );
  }
  const most = size === 0 ? buffer.length : size;
  const count = yield* attempt(loop, socket, 'read', 'recvfrom', (fd) =>
    tryRecvfromInto(fd, buffer, 0, most, 0),
  );
  return [count, lastAddress()];
}

export function* sockSendall(loop: EventLoop, socket: Socket, data: Uint8Array): Coroutine<void> {
  checkUsable(loop, socket);
  checkBytes(data, 'data');
  let sent = 0;
  while (sent < data.length) {
    sent += yield* attempt(loop, socket, 'write', 'send', (fd) =>
      trySend(fd, data, sent, data.length - sent, 0),
    );
  }
}

export function* sockSendto(
  loop: EventLoop,
  socket: Socket,
  data: Uint8Array,
  address: SocketAddress,
): Coroutine<number> {
  checkUsable(loop, socket);
  checkBytes(data, 'data');
  return yield* attempt(loop, socket, 'write', 'sendto', (fd) =>
    trySendto(fd, data, 0, socket.family, address),
  );
}

export function* sockConnect(
  loop: EventLoop,
  socket: Socket,
  address: SocketAddress,
): Coroutine<void> {
  checkUsable(loop, socket);
  const resolved = yield* resolve(loop, socket, address);
  let result = tryConnect(openDescriptor(socket, 'connect'), socket.family, resolved);
  // EAGAIN is no beginning: the queue of a Unix server is full.
  if (result === -EINPROGRESS || result === -EINTR) {
    yield* untilReady(loop, socket, 'write');
    result = takeSocketError(openDescriptor(socket, 'connect'));
  }
  if (result < 0) throw connectError(new OSError(result, { syscall: 'connect' }), resolved);
}

export function* sockAccept(loop: EventLoop, socket: Socket): Coroutine<[Socket, SocketAddress]> {
  checkUsable(loop, socket);
  const fd = yield* attempt(loop, socket, 'read', 'accept', tryAccept);
  const address = lastAddress();
  return [adoptSocket(fd, socket.family, socket.type, socket.proto), address];
}

/**
 * Calls `call` until the system has an answer, with waits in between.
 *
 * @param call - Gives a negative errno instead of throwing: would-block is no exception here.
 */
function* attempt(
  loop: EventLoop,
  socket: Socket,
  direction: 'read' | 'write',
  syscall: string,
  call: (fd: number) => number,
): Coroutine<number> {
  for (;;) {
    const result = call(openDescriptor(socket, syscall));
    if (result >= 0) return result;
    if (result !== -EAGAIN && result !== -EINTR) throw new OSError(result, { syscall });
    yield* untilReady(loop, socket, direction);
  }
}

/** A name is looked up with the socket's own family, type and protocol; the first result is used. */
function* resolve(
  loop: EventLoop,
  socket: Socket,
  address: SocketAddress,
): Coroutine<SocketAddress> {
  if (socket.family !== AF_INET && socket.family !== AF_INET6) return address;
  if (!Array.isArray(address)) return address;
  const [host, port] = address as readonly [Host, Port];
  if (typeof host !== 'string' || isIP(host) !== 0 || host === '') return address;
  const { family, type, proto } = socket;
  const [first] = yield* addressesOf(loop, host, port, { family, type, proto });
  return (first as AddressInfo)[4];
}

/** @throws {OSError} `EBADF`: the socket is closed, perhaps while somebody waited for it. */
function openDescriptor(socket: Socket, syscall: string): number {
  const fd = socket.fileno();
  if (fd < 0) throw new OSError('EBADF', { syscall });
  return fd;
}

/** The first `count` bytes, without keeping much more alive. */
function fitted(buffer: Buffer, count: number): Buffer {
  const filled = buffer.subarray(0, count);
  return count > buffer.length / 2 ? filled : Buffer.from(filled);
}

function checkUsable(loop: EventLoop, socket: unknown): asserts socket is Socket {
  checkSocket(socket);
  if (loop.getDebug() && socket.getblocking()) {
    throw new ValueError('the socket must be non-blocking');
  }
}

function checkSize(size: unknown, name: string): asserts size is number {
  if (typeof size !== 'number' || !Number.isInteger(size)) {
    throw new TypeError(`Expected ${name} to be an integer, got ${describe(size)}`);
  }
  if (size < 0) throw new ValueError(`negative buffersize in ${name}: ${size}`);
  checkInteger(size, name, 0, LONGEST_TRANSFER);
}
