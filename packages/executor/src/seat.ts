import type { Batch, Reply } from './wire.ts';

/** What the pool hears of a worker. */
export interface SeatEvents {
  reply(reply: Reply): void;
  /** The worker has ended though nobody asked it to; `how` completes "the worker ...". */
  died(how: string, cause: unknown): void;
}

/**
 * One worker of a pool, a thread or a process. An implementation starts it when it is made, and
 * keeps the program alive only while it is held.
 */
export interface Seat {
  /** How many jobs may be posted ahead at most. */
  readonly depth: number;
  /** @throws {Error} Something in the batch cannot be sent; nothing of it was. */
  post(batch: Batch, transfer: readonly unknown[]): void;
  /** Takes a posted job back; false if it has started, or cannot be taken back. */
  withdraw(sequence: number): boolean;
  /** Whether a posted job is running, as far as can be known. */
  started(sequence: number): boolean;
  /** Whether a job has ended whose outcome is still on its way, as far as can be known. */
  over(sequence: number): boolean;
  /** Aborts the signal of a job that runs, or drops one whose turn has not come. */
  abort(sequence: number): void;
  hold(): void;
  release(): void;
  /** Has a worker without jobs end. Resolves when it has; `died` is not called. */
  end(): Promise<void>;
  /** Ends the worker at once. Resolves when its last replies are here; `died` is not called. */
  terminate(): Promise<void>;
}
