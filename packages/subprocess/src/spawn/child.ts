import type { Readable, Writable } from 'node:stream';
import type { EventLoop } from '@loop/core';

/** How a child ended: its status, or minus the number of the signal that killed it. */
export type Returncode = number;

/** A started child, whoever started it. */
export interface Child {
  readonly pid: number;
  /** What `getExtraInfo('subprocess')` gives. */
  readonly process: unknown;
  /** Our end of the pipe that Node has made for one of its descriptors. */
  streamOf(fd: number): Readable | Writable | null;
  /** Whether the system knows of its end, as far as we have heard. */
  readonly ended: boolean;
  /** `callback` hears of the end once, as a callback of the loop. Called once, right after the start. */
  whenEnded(loop: EventLoop, callback: (returncode: Returncode) => void): void;
  /**
   * Does nothing once it has ended.
   *
   * @throws {OSError} `EINVAL`: no such signal; `EPERM`.
   */
  kill(signal: number): void;
  /** The loop has closed, and the child was killed: blocks until it is gone, if nobody else reaps it. */
  reap(): void;
}
