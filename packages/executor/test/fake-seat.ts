import type { Seat, SeatEvents } from '../src/seat.ts';
import type { Batch, JobMessage, Outcome } from '../src/wire.ts';
import { WorkerPool, type PoolKind } from '../src/worker-pool.ts';

type State = 'queued' | 'started' | 'withdrawn' | 'over';

/** A worker that a test plays: jobs start and end when it says so. */
export class FakeSeat implements Seat {
  readonly index: number;
  readonly depth: number;
  readonly events: SeatEvents;
  readonly batches: Batch[] = [];
  readonly aborted: number[] = [];
  readonly #canWithdraw: boolean;
  readonly #states = new Map<number, State>();
  readonly #jobs: JobMessage[] = [];
  #passed = 0;
  #leave!: () => void;
  readonly #left = new Promise<void>((resolve) => (this.#leave = resolve));
  held = false;
  ending: 'end' | 'terminate' | null = null;

  constructor(index: number, events: SeatEvents, depth: number, canWithdraw: boolean) {
    this.index = index;
    this.events = events;
    this.depth = depth;
    this.#canWithdraw = canWithdraw;
  }

  /** The first argument of each job that it was given, in order; jobs here are named by it. */
  get given(): unknown[] {
    return this.#jobs.map(([, , [name]]) => name);
  }

  post(batch: Batch): void {
    if (this.ending !== null) throw new Error('posted to a worker that is ending');
    for (const [, , args] of batch.jobs)
      if (args.includes(UNCLONABLE)) throw new Error('unclonable');
    this.batches.push(batch);
    for (const job of batch.jobs) {
      this.#jobs.push(job);
      this.#states.set(job[0], 'queued');
    }
  }

  withdraw(sequence: number): boolean {
    if (!this.#canWithdraw || this.#states.get(sequence) !== 'queued') return false;
    this.#states.set(sequence, 'withdrawn');
    return true;
  }

  started(sequence: number): boolean {
    return !this.#canWithdraw || this.#states.get(sequence) === 'started';
  }

  over(sequence: number): boolean {
    return this.#states.get(sequence) === 'over';
  }

  abort(sequence: number): void {
    this.aborted.push(sequence);
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
  }

  end(): Promise<void> {
    this.ending = 'end';
    return this.#left;
  }

  terminate(): Promise<void> {
    this.ending = 'terminate';
    return this.#left;
  }

  // What the test does with it

  /** Starts the job named `name`. */
  start(name: unknown): void {
    this.#states.set(this.#sequenceOf(name), 'started');
  }

  /** Ends it: its result is its name. */
  finish(name: unknown, tookMs = 0.01): void {
    this.reply([this.#sequenceOf(name), true, name, tookMs]);
  }

  /** Does everything it has, up to `last`. */
  work(last?: unknown, tookMs = 0.01): void {
    const outcomes: Outcome[] = [];
    for (const [sequence, , [name]] of this.#jobs) {
      if (sequence < this.#passed) continue;
      this.#passed = sequence + 1;
      if (this.#states.get(sequence) !== 'withdrawn') outcomes.push([sequence, true, name, tookMs]);
      if (name === last) break;
    }
    this.events.reply({ passed: this.#passed, outcomes });
  }

  reply(outcome: Outcome): void {
    this.#passed = outcome[0] + 1;
    this.#states.set(outcome[0], 'over');
    this.events.reply({ passed: this.#passed, outcomes: [outcome] });
  }

  /** It has ended, as it was asked to. */
  async leave(): Promise<void> {
    this.#leave();
    await this.#left;
    await settle();
  }

  #sequenceOf(name: unknown): number {
    const found = this.#jobs.findLast(([, , [first]]) => first === name);
    if (found === undefined) throw new Error(`no job ${String(name)} was given to it`);
    return found[0];
  }
}

export const UNCLONABLE = Symbol('unclonable');

/** A pool of fake seats. */
export function fakePool(
  options: Partial<PoolKind> & { depth?: number; canWithdraw?: boolean } = {},
): { pool: WorkerPool; seats: FakeSeat[] } {
  const { depth = 64, canWithdraw = true, ...kind } = options;
  const seats: FakeSeat[] = [];
  const pool = new WorkerPool({
    maxWorkers: 1,
    maxTasksPerChild: null,
    abortGrace: null,
    broken: (message, cause) => new Error(message, { cause }),
    texts: { initializer: 'initializer failed', crashed: 'crashed', unusable: 'unusable' },
    start: (index, events) => {
      const seat = new FakeSeat(index, events, depth, canWithdraw);
      seats.push(seat);
      return seat;
    },
    ...kind,
  });
  return { pool, seats };
}

/** Microtasks run: jobs that were submitted are given out. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
