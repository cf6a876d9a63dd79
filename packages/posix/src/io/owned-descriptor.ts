import { closeDescriptor } from '../descriptor.ts';
import { disown, own } from '../ffi/owned-descriptors.ts';
import { OSError } from '../os-error.ts';

/** A descriptor that is closed once, and with its thread at the latest. */
export class OwnedDescriptor implements Disposable {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
    own(fd);
  }

  /** The descriptor, or -1 once closed. */
  fileno(): number {
    return this.#fd;
  }

  /** A second call does nothing. */
  close(): void {
    const fd = this.#fd;
    if (fd < 0) return;
    this.#fd = -1;
    disown(fd);
    closeDescriptor(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws {OSError} `EBADF`: it is closed. */
  protected open(syscall: string): number {
    if (this.#fd < 0) throw new OSError('EBADF', { syscall });
    return this.#fd;
  }
}
