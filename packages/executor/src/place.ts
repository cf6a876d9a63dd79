import { learn } from './function-table.ts';
import type { Job } from './job.ts';
import type { Source } from './offloadable.ts';
import type { Seat } from './seat.ts';
import type { Batch, JobMessage, Outcome } from './wire.ts';

// A worker holds about so much work: between short jobs it does not wait for the pool, and long ones
// do not queue behind one another.
const AHEAD_MS = 3;

// Nor is more memory sent ahead than that: from 64 MB on V8 collects garbage for every buffer that arrives.
// Of sixteen times 10 MB that were moved at once, each took 1.5 ms; now it is 0.05.
const AHEAD_BYTES = 24e6;

// When a worker knows so many functions it forgets them all, and is told again of those still used.
const MOST_FUNCTIONS = 1000;

/** A worker of a pool, with the jobs that it has been given, in their order. */
export class Place {
  readonly index: number;
  readonly seat: Seat;
  readonly jobs = new Map<number, Job>();
  /** It gets no more jobs: it is to end. */
  leaving = false;
  readonly #known = new Set<number>();
  readonly #mostJobs: number;
  readonly #stoppable: boolean;
  #given = 0;
  #expectedMs = 0;
  #bytes = 0;

  /**
   * @param mostJobs - It is spent after so many.
   * @param stoppable - It may be ended while it has jobs, which then have to be posted elsewhere.
   */
  constructor(index: number, seat: Seat, mostJobs: number, stoppable: boolean) {
    this.index = index;
    this.seat = seat;
    this.#mostJobs = mostJobs;
    this.#stoppable = stoppable;
  }

  get idle(): boolean {
    return this.jobs.size === 0;
  }

  get spent(): boolean {
    return this.#given >= this.#mostJobs;
  }

  /** How long it may be busy. */
  get expectedMs(): number {
    return this.#expectedMs;
  }

  /** Whether a job may go here now, if only to wait. */
  hasRoomFor({ func, transfer, bytes }: Job): boolean {
    if (this.leaving || this.spent) return false;
    if (this.idle) return true;
    if (this.#stoppable && transfer.length > 0) return false;
    if (bytes > 0 && this.#bytes + bytes > AHEAD_BYTES) return false;
    return this.jobs.size < this.seat.depth && this.#expectedMs + func.expectedMs <= AHEAD_MS;
  }

  /** Takes `job`, to be posted with others. */
  add(job: Job): void {
    job.place = this;
    job.sequence = this.#given;
    job.expectedMs = job.func.expectedMs;
    this.#given += 1;
    this.#expectedMs += job.expectedMs;
    this.#bytes += job.bytes;
    this.jobs.set(job.sequence, job);
  }

  /**
   * Sends jobs that were added, the last ones.
   *
   * @throws {Error} One of them cannot be sent; none was, and all are taken off again.
   */
  post(jobs: readonly Job[]): void {
    const forget = this.#known.size >= MOST_FUNCTIONS;
    if (forget) this.#known.clear();
    const sources = new Map<number, Source>();
    const messages: JobMessage[] = [];
    for (const { sequence, func, args, variables } of jobs) {
      if (!this.#known.has(func.id)) sources.set(func.id, func.source);
      messages.push([sequence, func.id, args, variables]);
    }
    const batch: Batch = { forget, sources: [...sources], jobs: messages };
    try {
      this.seat.post(
        batch,
        jobs.flatMap((job) => job.transfer),
      );
    } catch (error) {
      for (const job of jobs) this.#takeOff(job);
      throw error;
    }
    for (const id of sources.keys()) this.#known.add(id);
  }

  /** The outcome of a job is here. */
  settle([sequence, ok, value, tookMs]: Outcome, thrown: (value: unknown) => unknown): void {
    const job = this.jobs.get(sequence);
    if (job === undefined) return;
    this.#delete(sequence, job);
    learn(job.func, tookMs);
    if (job.future.done()) return;
    if (ok) job.future.setResult(value);
    else job.future.setException(thrown(value));
  }

  /** Jobs before `passed` that are without an outcome were withdrawn, or dropped by the worker. */
  dropPassed(passed: number): void {
    for (const [sequence, job] of this.jobs) {
      if (sequence >= passed) return;
      const own = this.has(job);
      this.#delete(sequence, job);
      if (own) job.future.setCancelled();
    }
  }

  /** Whether `job` is here, and not with another worker meanwhile. */
  has(job: Job): boolean {
    return job.place === this && this.jobs.get(job.sequence) === job;
  }

  /** Takes a job back that has not started: the worker passes it by. */
  withdraw(job: Job): boolean {
    if (!this.has(job) || !this.seat.withdraw(job.sequence)) return false;
    job.place = null;
    return true;
  }

  /** Jobs that other workers could start now, were they taken back: the last first. */
  *behind(): Generator<Job, void, undefined> {
    const jobs = [...this.jobs.values()];
    for (let index = jobs.length - 1; index > 0; index -= 1) {
      const job = jobs[index] as Job;
      if (this.has(job) && job.transfer.length === 0 && !job.future.done()) yield job;
    }
  }

  #takeOff(job: Job): void {
    this.#delete(job.sequence, job);
    job.place = null;
    this.#given -= 1;
  }

  #delete(sequence: number, job: Job): void {
    this.jobs.delete(sequence);
    this.#expectedMs = this.idle ? 0 : this.#expectedMs - job.expectedMs;
    this.#bytes -= job.bytes;
  }
}
