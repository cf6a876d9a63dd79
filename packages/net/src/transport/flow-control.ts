import { ValueError, type EventLoop } from '@loop/core';
import { isExit } from '@loop/core/errors';
import { describe } from '@loop/posix/internal';
import { PLAIN, type StreamTraits } from './stream-traits.ts';
import type { BaseTransport } from './transport.ts';

/** What flow control calls. */
interface Pausable {
  pauseWriting?(): void;
  resumeWriting?(): void;
}

/**
 * When a protocol is told to pause and to go on: strictly in turns, above `high` and at `low`.
 *
 * @see CPython `asyncio.transports._FlowControlMixin`
 */
export class FlowControl {
  readonly #loop: EventLoop;
  readonly #transport: BaseTransport;
  readonly #defaultHigh: number;
  readonly #pausesAtLimit: boolean;
  #high: number;
  #low: number;
  #paused = false;

  constructor(
    loop: EventLoop,
    transport: BaseTransport,
    traits: Pick<StreamTraits, 'highWater' | 'pausesAtLimit'> = PLAIN,
  ) {
    this.#loop = loop;
    this.#transport = transport;
    this.#defaultHigh = traits.highWater;
    this.#pausesAtLimit = traits.pausesAtLimit;
    this.#high = traits.highWater;
    this.#low = traits.highWater / 4;
  }

  get limits(): [low: number, high: number] {
    return [this.#low, this.#high];
  }

  /** @throws {TypeError | ValueError} Unless they are numbers with `high >= low >= 0`. */
  setLimits(high: number | null | undefined, low: number | null | undefined): void {
    checkLimit(high, 'high');
    checkLimit(low, 'low');
    const newHigh = high ?? (low === null || low === undefined ? this.#defaultHigh : 4 * low);
    const newLow = low ?? Math.floor(newHigh / 4);
    if (!(newHigh >= newLow && newLow >= 0)) {
      throw new ValueError(`high (${newHigh}) must be >= low (${newLow}) must be >= 0`);
    }
    this.#high = newHigh;
    this.#low = newLow;
  }

  /** More was buffered: `size` bytes now. */
  grown(size: number, protocol: Pausable): void {
    if (size < this.#high || this.#paused) return;
    if (size === this.#high && !(this.#pausesAtLimit && size > 0)) return;
    this.#paused = true;
    try {
      protocol.pauseWriting?.();
    } catch (error) {
      this.#report('pause_writing', error);
    }
  }

  /** The buffer drained to `size` bytes. */
  drained(size: number, protocol: Pausable): void {
    if (!this.#paused || size > this.#low) return;
    this.#paused = false;
    try {
      protocol.resumeWriting?.();
    } catch (error) {
      this.#report('resume_writing', error);
    }
  }

  /** An error here is the protocol's own affair: the connection lives on. */
  #report(name: string, exception: unknown): void {
    if (isExit(exception)) throw exception;
    this.#loop.callExceptionHandler({
      message: `protocol.${name}() failed`,
      exception,
      transport: this.#transport,
      protocol: this.#transport.getProtocol(),
    });
  }
}

function checkLimit(value: unknown, name: string): void {
  if (value === null || value === undefined || typeof value === 'number') return;
  throw new TypeError(`Expected ${name} to be a number of bytes or null, got ${describe(value)}`);
}
