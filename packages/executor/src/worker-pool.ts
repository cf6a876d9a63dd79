import { RuntimeError, type PoolFuture } from '@loop/core';
import { FunctionTable, nameOf } from './function-table.ts';
import { Job, type JobOwner } from './job.ts';
import { JobQueue } from './job-queue.ts';
import { LongTimer } from './long-timer.ts';
import type { Offloadable } from './offloadable.ts';
import { Place } from './place.ts';
import { checkProgramRuns } from './program-state.ts';
import { decodeError, decodeThrown } from './remote-error.ts';
import type { Seat, SeatEvents } from './seat.ts';
import type { Reply, Thrown } from './wire.ts';
import { explainUnsendable } from './worker/unsendable.js';

/** What makes one kind of pool of the general one. */
export interface PoolKind {
  readonly maxWorkers: number;
  /** Starts worker number `index`. */
  start(index: number, events: SeatEvents): Seat;
  /** The error of a broken pool. */
  broken(message: string, cause: unknown): Error;
  /** What the error that a job threw becomes. */
  jobFailed?(error: unknown): unknown;
  /** A worker is replaced after so many jobs. */
  readonly maxTasksPerChild: number | null;
  /** Seconds that an aborted job has before its worker is ended; `null`: it never is. */
  readonly abortGrace: number | null;
  readonly texts: {
    /** The initializer failed. */
    readonly initializer: string;
    /** A worker died: to its jobs, and to who comes later. */
    readonly crashed: string;
    readonly unusable: string;
  };
}

/**
 * The engine of all pools here: a queue, and workers that are started on demand, reused, and given
 * jobs in batches.
 *
 * 1. A job is queued, then with one worker, then over. A thread's can be taken back until the moment
 *    it starts.
 * 2. Jobs are given out in the order in which they were submitted; no worker gets a second one
 *    while another could be had for it.
 * 3. A worker is held, and keeps the program alive, while it has jobs or is ending.
 * 4. A worker that dies breaks the pool: every job that is not over fails, and the other workers end.
 * 5. A worker is one of `#places` until it has ended, so there are never more than `maxWorkers`.
 */
export class WorkerPool implements JobOwner {
  readonly #kind: PoolKind;
  readonly #functions = new FunctionTable();
  readonly #queue = new JobQueue();
  readonly #places = new Set<Place>();
  readonly #idle = new Set<Place>();
  readonly #waiting: Array<() => void> = [];
  #started = 0;
  #broken: Error | null = null;
  #shutdown = false;
  #dispatching = false;

  constructor(kind: PoolKind) {
    this.#kind = kind;
  }

  submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    args: readonly unknown[],
    variables: Readonly<Record<string, unknown>> | null,
  ): PoolFuture<Awaited<R>> {
    if (this.#broken !== null) throw this.#kind.broken(this.#broken.message, this.#broken.cause);
    if (this.#shutdown) throw new RuntimeError('cannot schedule new futures after shutdown');
    checkProgramRuns();
    const job = new Job(this, this.#functions.of(func), args, variables);
    this.#queue.push(job);
    this.#dispatchSoon();
    return job.future as PoolFuture<Awaited<R>>;
  }

  async shutdown(wait: boolean, cancelFutures: boolean): Promise<void> {
    this.#shutdown = true;
    if (cancelFutures) this.#cancelAll();
    this.#endIfDone();
    if (wait && (this.#places.size > 0 || this.#queue.size > 0)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** How many workers there are. */
  get size(): number {
    return this.#places.size;
  }

  withdraw(job: Job): boolean {
    if (this.#queue.delete(job)) {
      this.#endIfDone();
      return true;
    }
    return job.place?.withdraw(job) ?? false;
  }

  abort(job: Job): void {
    const { place } = job;
    if (place === null) return;
    place.seat.abort(job.sequence);
    if (this.#kind.abortGrace === null || job.aborting) return;
    job.aborting = true;
    const timer = new LongTimer(this.#kind.abortGrace, () => this.#stop(place, job));
    job.future.addDoneCallback(() => timer.cancel());
  }

  #cancelAll(): void {
    for (let job = this.#queue.first; job !== null; job = this.#queue.first) job.future.cancel();
    for (const place of this.#places) {
      for (const job of place.jobs.values()) job.future.cancel();
    }
  }

  /** One dispatch for all jobs submitted in a turn: they travel together. */
  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (let job = this.#queue.first; job !== null; job = this.#queue.first) {
      const place = this.#placeFor(job);
      if (place === null) return;
      this.#give(place);
    }
  }

  /** The worker for the next job: an idle one, a new one, or one that is nearly done. */
  #placeFor(job: Job): Place | null {
    for (const place of this.#idle) return place;
    if (this.#places.size < this.#kind.maxWorkers) return this.#startPlace();
    let best: Place | null = null;
    for (const place of this.#places) {
      if (!place.hasRoomFor(job)) continue;
      if (best === null || place.expectedMs < best.expectedMs) best = place;
    }
    return best;
  }

  #startPlace(): Place | null {
    const index = this.#started;
    this.#started += 1;
    const died = (how: string, cause: unknown): void => {
      const { crashed, unusable } = this.#kind.texts;
      place.leaving = true;
      this.#break(
        `${crashed}: worker ${index} ${how}`,
        `${unusable}: worker ${index} ${how}`,
        cause,
      );
      this.#places.delete(place);
      this.#endIfDone();
    };
    let place: Place;
    try {
      const seat = this.#kind.start(index, { reply: (reply) => this.#replied(place, reply), died });
      const { maxTasksPerChild, abortGrace } = this.#kind;
      place = new Place(index, seat, maxTasksPerChild ?? Infinity, abortGrace !== null);
    } catch (error) {
      const text = `a worker could not be started: ${String(error)}`;
      this.#break(text, text, error);
      return null;
    }
    this.#places.add(place);
    return place;
  }

  /** Gives `place` its share of the queue: as long as another worker could be had, not all. */
  #give(place: Place): void {
    const wasIdle = place.idle;
    this.#idle.delete(place);
    const others = this.#idle.size + this.#kind.maxWorkers - this.#places.size;
    const most = wasIdle ? Math.ceil(this.#queue.size / (others + 1)) : this.#queue.size;
    const jobs: Job[] = [];
    for (let job = this.#queue.first; job !== null; job = this.#queue.first) {
      if (jobs.length >= most || (jobs.length > 0 && !place.hasRoomFor(job))) break;
      this.#queue.delete(job);
      place.add(job);
      jobs.push(job);
    }
    if (wasIdle) place.seat.hold();
    this.#post(place, jobs);
  }

  /** One job that cannot be sent must not hold back the others. */
  #post(place: Place, jobs: readonly Job[]): void {
    const failed: Array<[Job, unknown]> = [];
    try {
      place.post(jobs);
      return;
    } catch (error) {
      const [first] = jobs;
      if (jobs.length === 1 && first !== undefined) failed.push([first, error]);
    }
    for (const job of jobs.length > 1 ? jobs : []) {
      try {
        place.add(job);
        place.post([job]);
      } catch (error) {
        failed.push([job, error]);
      }
    }
    this.#rest(place);
    for (const [job, error] of failed) {
      const whose = `an argument of job ${nameOf(job.func)}`;
      job.future.setException(explainUnsendable(error, whose, job.args, 'args'));
    }
    this.#endIfDone();
  }

  #replied(place: Place, { broken, outcomes, passed }: Reply): void {
    if (broken !== undefined) {
      const cause = decodeError(broken);
      if (this.#broken === null) console.error('Exception in initializer:', cause);
      this.#break(this.#kind.texts.initializer, this.#kind.texts.initializer, cause);
      return;
    }
    for (const outcome of outcomes) place.settle(outcome, this.#thrown);
    place.dropPassed(passed);
    this.#rest(place);
    this.#dispatch();
    this.#rebalance();
    this.#endIfDone();
  }

  readonly #thrown = (value: unknown): unknown => {
    const error = decodeThrown(value as Thrown);
    return this.#kind.jobFailed?.(error) ?? error;
  };

  /** Without a job, a worker waits for the next, or makes room for another. */
  #rest(place: Place): void {
    if (!place.idle || place.leaving) return;
    if (place.spent) this.#retire(place, place.seat.end());
    else {
      place.seat.release();
      this.#idle.add(place);
    }
  }

  /** Idle workers take over what others have not started. */
  #rebalance(): void {
    for (const place of this.#places) {
      if (this.#idle.size === 0 || this.#queue.size > 0) return;
      if (place.jobs.size < 2) continue;
      const most = Math.ceil((place.jobs.size - 1) / 2);
      const taken: Job[] = [];
      for (const job of place.behind()) {
        if (taken.length === most) break;
        if (place.withdraw(job)) taken.push(job);
      }
      for (const job of taken.reverse()) this.#queue.push(job);
      this.#dispatch();
    }
  }

  /** Ends the worker of a job that would not stop, and gives its other jobs to others. */
  #stop(place: Place, stuck: Job): void {
    if (!place.has(stuck) || place.leaving || place.seat.over(stuck.sequence)) return;
    for (const job of [...place.jobs.values()].reverse()) {
      if (job !== stuck && place.withdraw(job)) this.#queue.unshift(job);
    }
    this.#retire(place, place.seat.terminate());
  }

  /** `place` gets no more jobs; what it has left when it has ended was stopped with it. */
  #retire(place: Place, ended: Promise<void>): void {
    place.leaving = true;
    this.#idle.delete(place);
    void ended.then(() => {
      this.#places.delete(place);
      for (const job of place.jobs.values()) {
        if (job.place === place) job.future.setCancelled();
      }
      this.#dispatch();
      this.#endIfDone();
    });
  }

  #break(message: string, later: string, cause: unknown): void {
    if (this.#broken !== null) return;
    this.#broken = this.#kind.broken(later, cause);
    const jobs = [...this.#places].flatMap((place) => [...place.jobs.values()]);
    jobs.push(...this.#queue.drain());
    for (const place of this.#places) {
      if (!place.leaving) this.#retire(place, place.seat.terminate());
    }
    for (const { future } of jobs) {
      if (!future.done()) future.setException(this.#kind.broken(message, cause));
    }
    this.#endIfDone();
  }

  /** After a shutdown the last job that ends takes the workers with it. */
  #endIfDone(): void {
    if ((!this.#shutdown && this.#broken === null) || this.#queue.size > 0) return;
    for (const place of this.#places) if (!place.idle && !place.leaving) return;
    for (const place of this.#places) {
      if (!place.leaving) this.#retire(place, place.seat.end());
    }
    if (this.#places.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
