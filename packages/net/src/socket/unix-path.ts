/** What is taken for the path of a Unix socket. */
import { fileURLToPath } from 'node:url';
import { NotImplementedError, ValueError } from '@loop/core';
import { AF_UNIX, type Socket, SOCK_STREAM } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { checkSocket } from '../check-options.ts';

/** A path, as text, bytes or a `file:` URL; one that starts with a null byte is a name in Linux' abstract namespace. */
export type UnixPath = string | Uint8Array | URL;

/** @throws {NotImplementedError} The platform has no Unix sockets. */
export function checkUnixSupport(method: string): void {
  if (process.platform !== 'win32') return;
  throw new NotImplementedError(`${method}() needs Unix sockets, which Windows does not have here`);
}

/**
 * The path that was given, the caller's bytes copied.
 *
 * @throws {TypeError | ValueError} It is none.
 */
export function toPath(path: unknown): string | Buffer {
  if (typeof path === 'string') return checkNulls(path, path.indexOf('\0', 1));
  if (path instanceof Uint8Array) return checkNulls(Buffer.from(path), path.indexOf(0, 1));
  if (path instanceof URL) return fileURLToPath(path);
  throw new TypeError(`Expected path to be a string, bytes or a file URL, got ${describe(path)}`);
}

/** @throws {TypeError | ValueError} `sock` is no stream socket of the Unix family. */
export function checkUnixSocket(sock: unknown): Socket {
  checkSocket(sock);
  if (sock.family !== AF_UNIX || sock.type !== SOCK_STREAM) {
    throw new ValueError(`A UNIX Domain Stream Socket was expected, got ${sock.toString()}`);
  }
  return sock;
}

function checkNulls<T extends string | Buffer>(path: T, at: number): T {
  const isAbstract = path[0] === '\0' || path[0] === 0;
  if (at < 0 || isAbstract) return path;
  throw new ValueError(`Expected path to have no null byte, got ${describe(path)}`);
}
