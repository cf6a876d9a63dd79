/** The files that binding Unix sockets makes. */
import { randomUUID } from 'node:crypto';
import { renameSync, statSync, unlinkSync } from 'node:fs';
import { addressText } from '../address-text.ts';

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

/** The file of a socket that is bound to `path`; there is none for a name in the abstract namespace. */
export class SocketFile {
  readonly #path: string | Buffer;
  #inode: bigint | null = null;

  constructor(path: string | Buffer) {
    this.#path = path;
  }

  /** The file that is there now is the one. */
  remember(): void {
    if (!isFile(this.#path)) return;
    try {
      this.#inode = inodeOf(this.#path);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#inode = null;
    }
  }

  /** Removes it, unless another has taken its place. Does not throw. */
  remove(): void {
    if (this.#inode === null) return;
    try {
      if (inodeOf(this.#path) === this.#inode) unlinkSync(this.#path);
    } catch (error) {
      if (isMissing(error)) return;
      console.error(`Unable to clean up listening UNIX socket ${addressText(this.#path)}:`, error);
    }
  }
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
