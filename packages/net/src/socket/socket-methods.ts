import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  getaddrinfo,
  OSError,
  Socket,
  SO_ERROR,
  SOL_SOCKET,
  type SocketAddress,
} from '@loop/posix';
import { isIP } from 'node:net';
import { wrapFuture } from '@loop/core';
import { untilReady } from './readiness.ts';

/** Tries `call`, and again whenever `socket` is ready, until the system has an answer. */
function* retry<T>(
  loop: EventLoop,
  socket: Socket,
  direction: 'read' | 'write',
  call: () => T,
): Coroutine<T> {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!wouldBlock(error)) throw error;
    }
    yield* untilReady(loop, socket, direction);
  }
}

export function* sockRecv(loop: EventLoop, socket: Socket, size: number): Coroutine<Buffer> {
  checkSocket(loop, socket);
  checkSize(size, 'nbytes');
  if (size === 0) return Buffer.alloc(0);
  return yield* retry(loop, socket, 'read', () => socket.recv(size));
}

export function* sockRecvInto(
  loop: EventLoop,
  socket: Socket,
  buffer: Uint8Array,
): Coroutine<number> {
  checkSocket(loop, socket);
  checkBytes(buffer, 'buf');
  if (buffer.length === 0) return 0;
  return yield* retry(loop, socket, 'read', () => socket.recvInto(buffer));
}

export function* sockRecvfrom(
  loop: EventLoop,
  socket: Socket,
  size: number,
): Coroutine<[Buffer, SocketAddress]> {
  checkSocket(loop, socket);
  checkSize(size, 'bufsize');
  return yield* retry(loop, socket, 'read', () => socket.recvfrom(size) as [Buffer, SocketAddress]);
}

export function* sockRecvfromInto(
  loop: EventLoop,
  socket: Socket,
  buffer: Uint8Array,
  size: number,
): Coroutine<[number, SocketAddress]> {
  checkSocket(loop, socket);
  checkBytes(buffer, 'buf');
  checkSize(size, 'nbytes');
  if (size > buffer.length) {
    throw new ValueError(
      `nbytes is greater than the length of the buffer: ${size} > ${buffer.length}`,
    );
  }
  const target = size === 0 ? buffer : buffer.subarray(0, size);
  return yield* retry(
    loop,
    socket,
    'read',
    () => socket.recvfromInto(target) as [number, SocketAddress],
  );
}

export function* sockSendall(loop: EventLoop, socket: Socket, data: Uint8Array): Coroutine<void> {
  checkSocket(loop, socket);
  checkBytes(data, 'data');
  let sent = 0;
  while (sent < data.length) {
    const rest = sent === 0 ? data : data.subarray(sent);
    sent += yield* retry(loop, socket, 'write', () => socket.send(rest));
  }
}

export function* sockSendto(
  loop: EventLoop,
  socket: Socket,
  data: Uint8Array,
  address: SocketAddress,
): Coroutine<number> {
  checkSocket(loop, socket);
  checkBytes(data, 'data');
  return yield* retry(loop, socket, 'write', () => socket.sendto(data, address));
}

export function* sockConnect(
  loop: EventLoop,
  socket: Socket,
  address: SocketAddress,
): Coroutine<void> {
  checkSocket(loop, socket);
  const resolved = yield* resolve(loop, socket, address);
  try {
    socket.connect(resolved);
    return;
  } catch (error) {
    if (!isCode(error, 'EINPROGRESS') && !isCode(error, 'EAGAIN')) throw refused(error, address);
  }
  yield* untilReady(loop, socket, 'write');
  const code = socket.getsockopt(SOL_SOCKET, SO_ERROR);
  if (code !== 0) throw refused(new OSError(code), address);
}

export function* sockAccept(loop: EventLoop, socket: Socket): Coroutine<[Socket, SocketAddress]> {
  checkSocket(loop, socket);
  return yield* retry(loop, socket, 'read', () => socket.accept() as [Socket, SocketAddress]);
}

/** A name is looked up with the socket's own family, type and protocol; the first result is used. */
function* resolve(
  loop: EventLoop,
  socket: Socket,
  address: SocketAddress,
): Coroutine<SocketAddress> {
  if (socket.family !== AF_INET && socket.family !== AF_INET6) return address;
  if (!Array.isArray(address)) return address;
  const [host, port] = address as readonly [unknown, unknown, ...unknown[]];
  if (typeof host !== 'string' || isIP(host) !== 0 || host === '') return address;
  const found = yield* wrapFuture(
    getaddrinfo(host, port as number, {
      family: socket.family,
      type: socket.type,
      proto: socket.proto,
    }),
    { loop },
  );
  const [first] = found;
  if (first === undefined) {
    throw new OSError('ENOTFOUND', { syscall: 'getaddrinfo', address: host });
  }
  return first[4];
}

function refused(error: unknown, address: SocketAddress): unknown {
  if (!(error instanceof OSError)) return error;
  const [host, port] = Array.isArray(address) ? address : [String(address)];
  return new OSError(error.code, {
    message: `Connect call failed ${JSON.stringify(address)}: ${error.code}`,
    syscall: 'connect',
    address: host as string,
    ...(typeof port === 'number' ? { port } : {}),
    cause: error,
  });
}

function wouldBlock(error: unknown): boolean {
  return isCode(error, 'EAGAIN') || isCode(error, 'EINTR');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof OSError && error.code === code;
}

function checkSocket(loop: EventLoop, socket: unknown): asserts socket is Socket {
  if (!(socket instanceof Socket)) {
    const isTls = typeof socket === 'object' && socket !== null && 'encrypted' in socket;
    throw new TypeError(
      isTls
        ? 'Socket cannot be of type SSLSocket'
        : `Expected sock to be a Socket, got ${String(socket)}`,
    );
  }
  if (loop.getDebug() && socket.getblocking()) {
    throw new ValueError('the socket must be non-blocking');
  }
}

function checkSize(size: unknown, name: string): asserts size is number {
  if (typeof size !== 'number' || !Number.isInteger(size)) {
    throw new TypeError(`Expected ${name} to be an integer, got ${String(size)}`);
  }
  if (size < 0) throw new ValueError(`negative buffersize in ${name}: ${size}`);
}

function checkBytes(bytes: unknown, name: string): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `${name}: a bytes-like object is required, not '${bytes === null ? 'null' : typeof bytes}'`,
    );
  }
}
