import { Worker, type ResourceLimits, type TransferListItem } from 'node:worker_threads';
import { LongTimer } from './long-timer.ts';
import type { Source } from './offloadable.ts';
import type { Seat, SeatEvents } from './seat.ts';
import type { Batch, Reply } from './wire.ts';
import { programFile, workerArguments } from './worker-arguments.ts';
import { ABORTED, DEPTH, OVER, QUEUED, SLOTS, STARTED, WITHDRAWN } from './worker/job-states.js';

/** What a new thread is told. */
export interface ThreadData {
  readonly states: SharedArrayBuffer;
  readonly initializer: Source | null;
  readonly initargs: readonly unknown[];
  readonly name: string;
  readonly program: string;
}

/** Seconds that an idle worker may take to end; what a job left running can block it for ever. */
export const END_WITHIN = 5;

const ENTRY = new URL('./worker/worker-entry.js', import.meta.url);

/** A worker thread. `worker/job-states.js` says how it and the pool agree on who has a job. */
export class ThreadSeat implements Seat {
  readonly depth = DEPTH;
  readonly #worker: Worker;
  readonly #states = new Int32Array(new SharedArrayBuffer(SLOTS * 4));
  readonly #exited: Promise<void>;
  #failure: unknown;
  #ending = false;
  #held = false;
  /** Something that jobs printed is on its way. */
  #writing = false;

  /** @throws {DOMException} The initializer's arguments cannot be cloned. */
  constructor(
    data: Pick<ThreadData, 'initializer' | 'initargs' | 'name'>,
    resourceLimits: ResourceLimits | undefined,
    events: SeatEvents,
  ) {
    const workerData: ThreadData = {
      ...data,
      states: this.#states.buffer,
      program: programFile(),
    };
    const execArgv = workerArguments();
    this.#worker = new Worker(ENTRY, {
      name: data.name,
      workerData,
      ...(resourceLimits && { resourceLimits }),
      ...(execArgv && { execArgv }),
    });
    this.#worker.unref();
    this.#worker.on('message', (message: Reply | boolean) => {
      if (typeof message === 'boolean') this.#setWriting(message);
      else events.reply(message);
    });
    this.#worker.on('error', (error) => (this.#failure = error));
    this.#worker.on('messageerror', (error) => {
      this.#failure = error;
      void this.#worker.terminate();
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        resolve();
        if (!this.#ending) events.died(howItEnded(code, this.#failure), this.#failure);
      });
    });
  }

  post(batch: Batch, transfer: readonly unknown[]): void {
    for (const [sequence] of batch.jobs) Atomics.store(this.#states, sequence % SLOTS, QUEUED);
    this.#worker.postMessage(batch, transfer as TransferListItem[]);
  }

  withdraw(sequence: number): boolean {
    return this.#change(sequence, QUEUED, WITHDRAWN);
  }

  started(sequence: number): boolean {
    const state = Atomics.load(this.#states, sequence % SLOTS);
    return state === STARTED || state === ABORTED;
  }

  over(sequence: number): boolean {
    return Atomics.load(this.#states, sequence % SLOTS) === OVER;
  }

  abort(sequence: number): void {
    if (this.#change(sequence, STARTED, ABORTED)) this.#worker.postMessage(sequence);
  }

  hold(): void {
    this.#held = true;
    this.#worker.ref();
  }

  release(): void {
    this.#held = false;
    if (!this.#writing) this.#worker.unref();
  }

  async end(): Promise<void> {
    this.#ending = true;
    this.hold();
    this.#worker.postMessage(null);
    const late = new LongTimer(END_WITHIN, () => void this.#worker.terminate());
    await this.#exited;
    late.cancel();
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
    await this.#exited;
  }

  #setWriting(writing: boolean): void {
    this.#writing = writing;
    if (!writing && !this.#held) this.#worker.unref();
  }

  #change(sequence: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#states, sequence % SLOTS, from, to) === from;
  }
}

function howItEnded(code: number, failure: unknown): string {
  if (failure instanceof Error) return `died: ${failure.name}: ${failure.message}`;
  return `exited with code ${code}`;
}
