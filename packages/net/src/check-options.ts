import { ValueError } from '@loop/core';
import { Socket, SOCK_STREAM } from '@loop/posix';
import { describe } from '@loop/posix/internal';

export { checkOptions } from '@loop/core/errors';

/** @throws {TypeError} `sock` is no socket, or one that speaks TLS. */
export function checkSocket(sock: unknown): asserts sock is Socket {
  if (sock instanceof Socket) return;
  const isTls = typeof sock === 'object' && sock !== null && 'encrypted' in sock;
  throw new TypeError(
    isTls
      ? 'Socket cannot be of type SSLSocket'
      : `Expected sock to be a Socket, got ${describe(sock)}`,
  );
}

/**
 * The stream socket that the caller gives away.
 *
 * @throws {TypeError} It is no socket.
 * @throws {ValueError} It is no stream socket.
 */
export function checkStreamSocket(sock: unknown): Socket {
  checkSocket(sock);
  if (sock.type !== SOCK_STREAM) {
    throw new ValueError(`A Stream Socket was expected, got ${sock.toString()}`);
  }
  return sock;
}

/** @throws {TypeError} `factory` cannot be called. */
export function checkFactory(factory: unknown): void {
  if (typeof factory !== 'function') {
    throw new TypeError(`Expected the protocol factory to be a function, got ${typeof factory}`);
  }
}

/** @throws {TypeError | ValueError} `backlog` is no integer of 0 or more. */
export function checkBacklog(backlog: unknown): void {
  if (typeof backlog !== 'number' || !Number.isInteger(backlog)) {
    throw new TypeError(
      `Expected backlog to be an integer from 0 up, got ${JSON.stringify(backlog)}`,
    );
  }
  if (backlog < 0)
    throw new ValueError(`Expected backlog to be an integer from 0 up, got ${backlog}`);
}
