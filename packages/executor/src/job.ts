import { PoolFuture, type JobControl } from '@loop/core';
import { jobEnded, jobSubmitted } from './diagnostics.ts';
import { nameOf, type KnownFunction } from './function-table.ts';
import type { Place } from './place.ts';
import { parcelOf } from './transfer.ts';

/** What a pool does for its jobs. */
export interface JobOwner {
  withdraw(job: Job): boolean;
  abort(job: Job): void;
}

/** A call on its way: in the pool's queue, or with a worker. */
export class Job implements JobControl {
  readonly future: PoolFuture<unknown>;
  readonly func: KnownFunction;
  readonly args: readonly unknown[];
  /** Moved to the worker when the job is posted: it cannot be posted again. */
  readonly transfer: readonly unknown[];
  /** How much memory its arguments take at least. */
  readonly bytes: number;
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly #owner: JobOwner;
  /** The worker that has it; `null` while it is queued. */
  place: Place | null = null;
  sequence = -1;
  expectedMs = 0;
  aborting = false;
  // Links of the pool's queue.
  queued = false;
  previous: Job | null = null;
  next: Job | null = null;

  constructor(
    owner: JobOwner,
    func: KnownFunction,
    args: readonly unknown[],
    variables: Readonly<Record<string, unknown>> | null,
  ) {
    this.#owner = owner;
    this.future = new PoolFuture(this);
    this.func = func;
    this.args = args;
    const { transfer, bytes } = parcelOf(args);
    this.transfer = transfer;
    this.bytes = bytes;
    this.variables = variables;
    this.#tell();
  }

  #tell(): void {
    if (!jobSubmitted.hasSubscribers && !jobEnded.hasSubscribers) return;
    const message = { future: this.future, name: nameOf(this.func) };
    if (jobSubmitted.hasSubscribers) jobSubmitted.publish(message);
    this.future.addDoneCallback(() => {
      if (jobEnded.hasSubscribers) jobEnded.publish(message);
    });
  }

  withdraw(): boolean {
    return this.#owner.withdraw(this);
  }

  started(): boolean {
    return this.place?.seat.started(this.sequence) ?? false;
  }

  abort(): void {
    this.#owner.abort(this);
  }
}
