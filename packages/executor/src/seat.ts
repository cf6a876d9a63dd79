import type { Batch, Reply } from './wire.ts';

/** What the pool hears of a worker. */
export interface SeatEvents {
  reply(reply: Reply): void;
  /** The worker has ended by itself; `how` completes "the worker ...". */
  died(how: string, cause: unknown): void;
}

/**
 * One worker of a pool, a thread or a process. An implementation starts it when it is made, and
 * keeps the program alive only while it is held.
 */
export interface Seat {
  /** @throws {DOMException} Something in the batch cannot be cloned; nothing of it was sent. */
  post(batch: Batch, transfer: readonly unknown[]): void;
  /** Takes a posted job back; false if it has started, or cannot be taken back. */
  withdraw(sequence: number): boolean;
  /** Whether a posted job has started, as far as can be known. */
  started(sequence: number): boolean;
  /** Aborts the signal of a job. */
  abort(sequence: number): void;
  /** How many jobs may be posted ahead at most. */
  readonly depth: number;
  hold(): void;
  release(): void;
  /** Ends the worker at once; `died` is not called. Resolves when it has ended. */
  terminate(): Promise<void>;
}
