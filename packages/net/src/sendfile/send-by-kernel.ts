import type { Coroutine } from '@loop/core';
import { OSError } from '@loop/posix';
import { EAGAIN, EINTR, hasSendfile, trySendfile } from '@loop/posix/internal';
import { SendfileNotAvailableError } from './sendfile-not-available-error.ts';
import type { SentFile } from './sent-file.ts';

// One call would go on as long as the peer keeps up: others get their turn after so many bytes.
const MOST_AT_ONCE = 1024 * 1024;

// These say that the connection is gone, and not that the call does not apply.
const LOST = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'ECONNABORTED', 'ETIMEDOUT']);

/** Where the kernel puts the bytes. */
export interface Outlet {
  /** @throws {OSError} It is closed. */
  fileno(): number;
  /** Waits until it can take more. */
  writable(): Coroutine<void>;
}

/**
 * Has the kernel copy `file` to `outlet`.
 *
 * @throws {SendfileNotAvailableError} It cannot. Nothing was sent.
 * @see sendfile(2)
 */
export function* sendByKernel(file: SentFile, outlet: Outlet): Coroutine<number> {
  if (!hasSendfile()) throw new SendfileNotAvailableError('os.sendfile() is not available');
  if (!file.isRegular()) throw new SendfileNotAvailableError('not a regular file');
  for (;;) {
    const size = file.left(MOST_AT_ONCE);
    if (size === 0) return file.sent;
    const result = trySendfile(outlet.fileno(), file.fd, file.position, size);
    // The end of the file, wherever it is by now.
    if (result === 0) return file.sent;
    if (result > 0) file.advance(result);
    else if (result !== -EAGAIN && result !== -EINTR) throw failure(result, file.sent);
    if (file.left(1) > 0) yield* outlet.writable();
  }
}

function failure(result: number, sent: number): Error {
  const error = new OSError(result, { syscall: 'sendfile' });
  if (sent > 0 || LOST.has(error.code)) return error;
  return new SendfileNotAvailableError('os.sendfile call failed', { cause: error });
}
