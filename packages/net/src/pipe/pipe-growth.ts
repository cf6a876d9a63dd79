import { growPipe } from '@loop/posix/internal';
import type { PipeFile } from './pipe-file.ts';

// What a pipe holds by default on Linux.
const DEFAULT_SIZE = 64 * 1024;
// Four times of that is most of what there is to gain, and 256 pipes of a user may have it.
const LARGER_SIZE = 256 * 1024;
// Being full counts for so much more than having room: a third of the time is too often.
const FULL = 2;
// So much is no chance any more.
const PATIENCE = 8;

/**
 * Makes a pipe larger that turns out too small: found full time after time, it has its two processes wait for
 * each other. Idle pipes, which most are, stay small; what the kernel does not grant is done without.
 */
export class PipeGrowth {
  readonly #fd: number;
  #left: number;

  constructor({ fd, kind }: PipeFile) {
    this.#fd = fd;
    this.#left = kind === 'pipe' ? PATIENCE : -1;
  }

  /** A read gave so many bytes. */
  hasRead(count: number): void {
    this.#note(count >= DEFAULT_SIZE);
  }

  /** Of so many bytes that many could be written. */
  hasWritten(wanted: number, count: number): void {
    this.#note(count < wanted || count >= DEFAULT_SIZE);
  }

  #note(full: boolean): void {
    if (this.#left < 0) return;
    this.#left = full ? this.#left - FULL : Math.min(this.#left + 1, PATIENCE);
    if (this.#left > 0) return;
    this.#left = -1;
    growPipe(this.#fd, LARGER_SIZE);
  }
}
