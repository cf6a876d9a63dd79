/** Calls on plain descriptors, for pipes and whatever else is no socket. */
import { fstatSync, type Stats } from 'node:fs';
import { checkInteger, checkPart } from './check-argument.ts';
import { O_NONBLOCK, F_DUPFD_CLOEXEC } from './constants/constants.ts';
import { EINTR } from './errno-table.ts';
import { check } from './ffi/invoke.ts';
import { libc } from './ffi/library.ts';
import { OSError } from './os-error.ts';

const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;

export type DescriptorKind =
  | 'pipe'
  | 'socket'
  | 'character'
  | 'block'
  | 'file'
  | 'directory'
  | 'other';

/**
 * Up to `length` bytes from `fd` into `buffer` at `offset`.
 *
 * @returns The number of bytes, 0 at the end, or a negative errno; it never throws for the system.
 * @see read(2)
 */
export function tryRead(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  checkPart(buffer, offset, length);
  return libc.read(fd, part(buffer, offset), length);
}

/**
 * Up to `length` bytes of `buffer` from `offset` on to `fd`.
 *
 * @returns The number of bytes taken, or a negative errno.
 * @see write(2)
 */
export function tryWrite(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  checkPart(buffer, offset, length);
  return libc.write(fd, part(buffer, offset), length);
}

/**
 * Closes `fd`. Like the reference it takes an interrupted close as done: on Linux it is.
 *
 * @throws {OSError} EBADF, or what was written could not be stored.
 */
export function closeDescriptor(fd: number): void {
  checkDescriptor(fd);
  const result = libc.close(fd);
  if (result !== -EINTR) check(result, 'close');
}

/** A second descriptor for the same open file, closed on exec. */
export function duplicate(fd: number): number {
  checkDescriptor(fd);
  return check(libc.fcntl(fd, F_DUPFD_CLOEXEC, 0), 'fcntl');
}

export function isNonblocking(fd: number): boolean {
  checkDescriptor(fd);
  return (check(libc.fcntl(fd, F_GETFL, 0), 'fcntl') & O_NONBLOCK) !== 0;
}

/** Switches O_NONBLOCK, which every duplicate of the descriptor shares. */
export function setNonblocking(fd: number, nonblocking = true): void {
  checkDescriptor(fd);
  const flags = check(libc.fcntl(fd, F_GETFL, 0), 'fcntl');
  const wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (wanted !== flags) check(libc.fcntl(fd, F_SETFL, wanted), 'fcntl');
}

/** Keeps `fd` from children: Node's spawn closes no strangers. */
export function setCloseOnExec(fd: number): void {
  checkDescriptor(fd);
  check(libc.fcntl(fd, F_SETFD, FD_CLOEXEC), 'fcntl');
}

/** What `fd` is open on; a FIFO is a pipe. */
export function descriptorKind(fd: number): DescriptorKind {
  checkDescriptor(fd);
  const stats = statsOf(fd);
  if (stats.isFIFO()) return 'pipe';
  if (stats.isSocket()) return 'socket';
  if (stats.isCharacterDevice()) return 'character';
  if (stats.isBlockDevice()) return 'block';
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

function statsOf(fd: number): Stats {
  try {
    return fstatSync(fd);
  } catch (error) {
    const { code = 'EIO' } = error as { code?: string };
    throw new OSError(code, { syscall: 'fstat', cause: error });
  }
}

/** `buffer` from `offset` on; the buffer itself where that is the same. */
export function part(buffer: Uint8Array, offset: number): Uint8Array {
  return offset === 0 ? buffer : buffer.subarray(offset);
}

function checkDescriptor(fd: number): void {
  checkInteger(fd, 'fd', 0);
}
