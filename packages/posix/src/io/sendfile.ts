import { NotImplementedError } from '@loop/core/errors';
import { checkInteger } from '../check-argument.ts';
import { isSupported, libc } from '../ffi/library.ts';

const SEEK_SET = 0;
const LONGEST = 0x7ffff000;
const position = new BigInt64Array(1);

/** Whether {@link trySendfile} works here. */
export function hasSendfile(): boolean {
  return process.platform === 'linux' && isSupported();
}

/**
 * Moves the position of an open file to `offset`, without a check whether it has one.
 *
 * @returns The position, or a negative errno.
 * @see lseek(2)
 */
export function trySeek(fd: number, offset: number): number {
  checkInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER);
  return libc.lseek(fd, offset, SEEK_SET);
}

/**
 * Moves up to `count` bytes of a file to a socket inside the kernel.
 *
 * @param offset - Where to read, which leaves the file's own position alone; `null` reads there and moves it.
 * @returns The number of bytes, 0 at the end of the file, or a negative errno: `-EAGAIN` where the
 *   socket is full, `-EINVAL` where `input` cannot be mapped.
 * @throws {NotImplementedError} Not on Linux: other systems' calls are different ones.
 * @see sendfile(2)
 */
export function trySendfile(
  output: number,
  input: number,
  offset: number | null,
  count: number,
): number {
  if (process.platform !== 'linux') throw new NotImplementedError('sendfile() needs Linux');
  checkInteger(count, 'count', 0, Number.MAX_SAFE_INTEGER);
  const most = Math.min(count, LONGEST);
  if (offset === null) return libc.sendfile(output, input, null, most);
  checkInteger(offset, 'offset', 0, Number.MAX_SAFE_INTEGER);
  position[0] = BigInt(offset);
  return libc.sendfile(output, input, position, most);
}
