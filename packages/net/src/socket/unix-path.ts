/** The names of Unix sockets, and the files that binding one makes. */
import { randomUUID } from 'node:crypto';
import { renameSync, statSync, unlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NotImplementedError, ValueError } from '@loop/core';
import { AF_UNIX, type Socket, SOCK_STREAM } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { addressText } from '../address-text.ts';
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

/** Removes the socket at `path` that an earlier server has left. What keeps us from that is only logged. */
export function removeStaleSocket(path: string | Buffer): void {
  if (!isFile(path)) return;
  try {
    if (statSync(path).isSocket()) unlinkSync(path);
  } catch (error) {
    if (isMissing(error)) return;
    // The directory may let us make sockets and no more.
    console.error(`Unable to check or remove stale UNIX socket ${addressText(path)}:`, error);
  }
}

/**
 * What removes the file of the socket at `path`, unless another has taken its place by then; `null`
 * where there is no file. The removal does not throw.
 */
export function fileCleanup(path: string | Buffer): (() => void) | null {
  if (!isFile(path)) return null;
  let inode: bigint;
  try {
    inode = inodeOf(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  return () => {
    try {
      if (inodeOf(path) === inode) unlinkSync(path);
    } catch (error) {
      if (isMissing(error)) return;
      console.error(`Unable to clean up listening UNIX socket ${addressText(path)}:`, error);
    }
  };
}

/**
 * Calls `close`, which removes whatever is at `path`, and keeps the file that is there all the same: it
 * is out of the way meanwhile.
 */
export function keepFile(path: string, close: () => void): void {
  if (!isFile(path)) {
    close();
    return;
  }
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    // There is none, or no right to remove it either.
    close();
    return;
  }
  try {
    close();
  } finally {
    renameSync(aside, path);
  }
}

function checkNulls<T extends string | Buffer>(path: T, at: number): T {
  const isAbstract = path[0] === '\0' || path[0] === 0;
  if (at < 0 || isAbstract) return path;
  throw new ValueError(`Expected path to have no null byte, got ${describe(path)}`);
}

/** Not so: a name in the abstract namespace, and no name at all. */
function isFile(path: string | Buffer): boolean {
  return path.length > 0 && path[0] !== '\0' && path[0] !== 0;
}

function inodeOf(path: string | Buffer): bigint {
  return statSync(path, { bigint: true }).ino;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
