import { O_CLOEXEC } from './constants/constants.ts';
import { setCloseOnExec } from './descriptor.ts';
import { check } from './ffi/invoke.ts';
import { libc } from './ffi/library.ts';

const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;

/**
 * A new pipe. Both descriptors block, as the reference's do, are closed on exec, and are the
 * caller's to close.
 *
 * @see CPython `os.pipe`; pipe(2)
 */
export function pipe(): [readFd: number, writeFd: number] {
  const fds = new Int32Array(2);
  if (process.platform === 'darwin') {
    check(libc.pipe(fds), 'pipe');
    fds.forEach(setCloseOnExec);
  } else {
    check(libc.pipe2(fds, O_CLOEXEC), 'pipe2');
  }
  return [fds[0]!, fds[1]!];
}

/**
 * Has a pipe hold at least `size` bytes, if the system lets it.
 *
 * @returns Whether it does.
 * @see fcntl(2), pipe(7)
 */
export function growPipe(fd: number, size: number): boolean {
  if (process.platform !== 'linux') return false;
  return libc.fcntl(fd, F_GETPIPE_SZ, 0) >= size || libc.fcntl(fd, F_SETPIPE_SZ, size) >= size;
}
