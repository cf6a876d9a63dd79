import { Worker, type TransferListItem } from 'node:worker_threads';
import type { Source } from './offloadable.ts';
import type { Seat, SeatEvents } from './seat.ts';
import type { Batch, Reply } from './wire.ts';

/** What a new thread is told. */
export interface ThreadData {
  readonly states: SharedArrayBuffer;
  readonly initializer: Source | null;
  readonly initargs: readonly unknown[];
  readonly name: string;
}

// Jobs posted ahead use one slot each of the shared states; twice as many slots as jobs, so that a
// slot is free before it comes round again.
const DEPTH = 64;
const SLOTS = DEPTH * 2;

const FREE = 0;
const QUEUED = 1;
const WITHDRAWN = 3;
const STARTED = 2;

/**
 * A worker thread. Whether a posted job has started is one word of shared memory, which thread and
 * pool change by compare-and-exchange: a job runs, or is taken back, and never both.
 */
export class ThreadSeat implements Seat {
  readonly depth = DEPTH;
  readonly #worker: Worker;
  readonly #states = new Int32Array(new SharedArrayBuffer(SLOTS * 4));
  #failure: unknown;
  #ending = false;

  constructor(data: Omit<ThreadData, 'states'>, events: SeatEvents) {
    const { name } = data;
    const workerData: ThreadData = { ...data, states: this.#states.buffer };
    this.#worker = new Worker(new URL('./worker-entry.js', import.meta.url), { name, workerData });
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => events.reply(reply));
    this.#worker.on('error', (error) => (this.#failure = error));
    this.#worker.on('messageerror', (error) => (this.#failure ??= error));
    this.#worker.on('exit', (code) => {
      if (!this.#ending) events.died(howItEnded(code, this.#failure), this.#failure);
    });
  }

  post(batch: Batch, transfer: readonly unknown[]): void {
    for (const [sequence] of batch.jobs) this.#states[sequence % SLOTS] = QUEUED;
    try {
      this.#worker.postMessage(batch, transfer as TransferListItem[]);
    } catch (error) {
      for (const [sequence] of batch.jobs) this.#states[sequence % SLOTS] = FREE;
      throw error;
    }
  }

  withdraw(sequence: number): boolean {
    return Atomics.compareExchange(this.#states, sequence % SLOTS, QUEUED, WITHDRAWN) === QUEUED;
  }

  started(sequence: number): boolean {
    return Atomics.load(this.#states, sequence % SLOTS) === STARTED;
  }

  abort(sequence: number): void {
    this.#worker.postMessage(sequence);
  }

  hold(): void {
    this.#worker.ref();
  }

  release(): void {
    this.#worker.unref();
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }
}

function howItEnded(code: number, failure: unknown): string {
  if (failure instanceof Error) return `died: ${failure.name}: ${failure.message}`;
  return `exited with code ${code}`;
}
