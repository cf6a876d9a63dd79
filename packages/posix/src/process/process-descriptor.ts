import { ESRCH } from '../errno-table.ts';
import { check } from '../ffi/invoke.ts';
import { pollfd } from '../ffi/layouts.ts';
import { libc } from '../ffi/library.ts';
import { OwnedDescriptor } from '../io/owned-descriptor.ts';

// The same on all architectures.
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

const POLLIN = 1;

/**
 * A process as a descriptor, readable once it has ended. Unlike its number it never comes to mean another
 * process.
 *
 * @see pidfd_open(2)
 */
export class ProcessDescriptor extends OwnedDescriptor {
  readonly pid: number;

  /** @throws {OSError} `ESRCH`: there is none with this number; `ENOSYS`: a kernel before 5.3. */
  constructor(pid: number) {
    super(check(libc.pidfd_open(SYS_PIDFD_OPEN, pid, 0), 'pidfd_open'));
    this.pid = pid;
  }

  /**
   * @returns Whether there was a process to send it to; 0 only asks.
   * @throws {OSError} `EPERM`; `EINVAL`: there is no such signal.
   */
  sendSignal(signal: number): boolean {
    const fd = this.open('pidfd_send_signal');
    const result = libc.pidfd_send_signal(SYS_PIDFD_SEND_SIGNAL, fd, signal, 0, 0);
    if (result === -ESRCH) return false;
    check(result, 'pidfd_send_signal');
    return true;
  }

  /** Blocks this thread until the process has ended, or for so long. */
  block(timeoutMs: number): void {
    const asked = new DataView(new ArrayBuffer(pollfd.size));
    asked.setInt32(pollfd.fd, this.open('poll'), true);
    asked.setInt16(pollfd.events, POLLIN, true);
    libc.poll(asked, 1, timeoutMs);
  }
}
