import { O_CLOEXEC } from './constants/constants.ts';
import { setCloseOnExec } from './descriptor.ts';
import { check } from './ffi/invoke.ts';
import { libc } from './ffi/library.ts';

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
