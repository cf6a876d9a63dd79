import { constants } from 'node:os';
import { ECHILD, EINTR } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { libc } from '../ffi/library.ts';

const WNOHANG = 1;

const status = new Int32Array(1);

/**
 * Reaps a child of this process, if it has ended, and without waiting.
 *
 * @returns Its exit status, or minus the number of the signal that ended it; `null` while it runs;
 * `'taken'` if it is no child of this process, or reaped already.
 * @see waitpid(2)
 */
export function tryWait(pid: number): number | 'taken' | null {
  const result = waitpid(pid, WNOHANG);
  if (result === 0) return null;
  if (result === -ECHILD) return 'taken';
  check(result, 'waitpid');
  const word = status[0]!;
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : -signal;
}

/** For a child that cannot be watched: it ends at once, which is waited for. */
export function killAndReap(pid: number): void {
  libc.kill(pid, constants.signals.SIGKILL);
  waitpid(pid, 0);
}

function waitpid(pid: number, options: number): number {
  for (;;) {
    const result = libc.waitpid(pid, status, options);
    if (result !== -EINTR) return result;
  }
}
