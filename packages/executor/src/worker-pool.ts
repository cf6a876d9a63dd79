import { RuntimeError } from '@loop/core';
import { sourceOf, type Offloadable, type Source } from './offloadable.ts';
import { PoolFuture, type JobControl } from './pool-future.ts';
import type { Seat, SeatEvents } from './seat.ts';
import { takeTransfers } from './transfer.ts';
import {
  decodeError,
  decodeThrown,
  type Batch,
  type JobMessage,
  type Reply,
  type Thrown,
} from './wire.ts';

/** What makes one kind of pool of the general one. */
export interface PoolKind {
  readonly maxWorkers: number;
  /** Starts worker number `index`. */
  start(index: number, events: SeatEvents): Seat;
  /** The error of jobs whose worker died, or whose initializer failed. */
  broken(message: string, cause: unknown): Error;
  /** What a job's own error becomes. */
  jobFailed?(error: unknown): unknown;
  /** A worker is replaced after so many jobs. */
  readonly maxTasksPerChild: number | null;
  /** Seconds that an aborted job has before its worker is ended; `null`: it never is. */
  readonly abortGrace: number | null;
  /** Seconds that a worker may be without a job before it is ended; `null`: it stays. */
  readonly initializerText: string;
  readonly crashedText: string;
}

/** A job that is queued or with a worker. */
class QueuedJob implements JobControl {
  readonly future: PoolFuture<unknown>;
  readonly func: object;
  readonly source: Source;
  readonly args: readonly unknown[];
  readonly transfer: readonly unknown[];
  readonly variables: Readonly<Record<string, unknown>> | null;
  readonly #pool: WorkerPool;
  place: Place | null = null;
  sequence = -1;

  constructor(
    pool: WorkerPool,
    future: PoolFuture<unknown>,
    func: object,
    source: Source,
    args: readonly unknown[],
    variables: Readonly<Record<string, unknown>> | null,
  ) {
    this.#pool = pool;
    this.future = future;
    this.func = func;
    this.source = source;
    [this.args, this.transfer] = takeTransfers(args);
    this.variables = variables;
  }

  withdraw(): boolean {
    return this.#pool.withdraw(this);
  }

  started(): boolean {
    return this.place?.seat.started(this.sequence) ?? false;
  }

  abort(): void {
    this.#pool.abort(this);
  }
}

/** A worker with the jobs that it has been given, in their order. */
class Place {
  readonly seat: Seat;
  readonly index: number;
  readonly jobs = new Map<number, QueuedJob>();
  readonly known = new Set<number>();
  /** Jobs given, ever. */
  given = 0;
  /** Seconds a job took lately. */
  pace = Infinity;

  constructor(seat: Seat, index: number) {
    this.seat = seat;
    this.index = index;
  }
}

// A worker is given about so many milliseconds of work ahead: it never waits for the pool between
// short jobs, and long ones do not queue behind one another while other workers are idle.
const AHEAD_MS = 1;

/**
 * The engine of all pools here: a queue, and workers that are started on demand, reused, and given
 * jobs in batches.
 *
 * 1. A job is queued, then with one worker, then over. Where workers share memory it can be taken
 *    back until the moment it starts.
 * 2. Jobs start in the order in which they were submitted; no worker gets a second one while
 *    another could be had for it.
 * 3. A worker that dies breaks the pool: every job that is not over fails, and the other workers end.
 */
export class WorkerPool {
  readonly #kind: PoolKind;
  readonly #queue = new Set<QueuedJob>();
  readonly #places = new Set<Place>();
  readonly #idle = new Set<Place>();
  readonly #functionIds = new WeakMap<object, number>();
  readonly #waiting: Array<() => void> = [];
  #functions = 0;
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
    const future = new PoolFuture<unknown>();
    const job = new QueuedJob(this, future, func, sourceOf(func), args, variables);
    future._control = job;
    this.#queue.add(job);
    this.#schedule();
    return future as PoolFuture<Awaited<R>>;
  }

  async shutdown(wait: boolean, cancelFutures: boolean): Promise<void> {
    this.#shutdown = true;
    if (cancelFutures) {
      for (const job of this.#queue) job.future.cancel();
      for (const place of this.#places) {
        for (const job of place.jobs.values()) job.future.cancel();
      }
    }
    const ended = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#endIfDone();
    if (wait) await ended;
  }

  /** How many workers there are. */
  get size(): number {
    return this.#places.size;
  }

  withdraw(job: QueuedJob): boolean {
    if (this.#queue.delete(job)) {
      this.#endIfDone();
      return true;
    }
    return job.place?.seat.withdraw(job.sequence) ?? false;
  }

  abort(job: QueuedJob): void {
    const { place, sequence } = job;
    if (place === null) return;
    place.seat.abort(sequence);
    if (this.#kind.abortGrace === null) return;
    const timer = setTimeout(() => {
      if (place.jobs.get(sequence) === job && this.#places.has(place)) this.#replace(place, job);
    }, this.#kind.abortGrace * 1000);
    job.future.addDoneCallback(() => clearTimeout(timer));
  }

  /** One dispatch for all jobs submitted in a turn: they travel together. */
  #schedule(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.size > 0) {
      const place = this.#nextPlace();
      if (place === null) return;
      this.#give(place, this.#share(place));
    }
  }

  /** The worker for the next jobs: an idle one, a new one, or one that is nearly done. */
  #nextPlace(): Place | null {
    for (const place of this.#idle) return place;
    if (this.#places.size < this.#kind.maxWorkers) return this.#startPlace();
    let best: Place | null = null;
    for (const place of this.#places) {
      if (place.jobs.size >= this.#depth(place)) continue;
      if (best === null || place.jobs.size < best.jobs.size) best = place;
    }
    return best;
  }

  /** How many jobs a worker may hold, by what its jobs have taken lately. */
  #depth(place: Place): number {
    const left =
      this.#kind.maxTasksPerChild === null
        ? Infinity
        : this.#kind.maxTasksPerChild - place.given + place.jobs.size;
    const byPace = Math.max(1, Math.floor(AHEAD_MS / 1000 / Math.max(place.pace, 1e-9)));
    return Math.min(place.seat.depth, byPace, left);
  }

  /** The jobs that `place` gets now. */
  #share(place: Place): QueuedJob[] {
    const free = this.#depth(place) - place.jobs.size;
    // As long as another worker could take some, none takes all.
    const fair = Math.ceil(
      this.#queue.size / Math.max(1, this.#idle.size + this.#kind.maxWorkers - this.#places.size),
    );
    const count = Math.max(1, Math.min(free, Math.max(fair, 1)));
    const jobs: QueuedJob[] = [];
    for (const job of this.#queue) {
      jobs.push(job);
      this.#queue.delete(job);
      if (jobs.length === count) break;
    }
    return jobs;
  }

  #give(place: Place, jobs: readonly QueuedJob[]): void {
    this.#idle.delete(place);
    if (place.jobs.size === 0) place.seat.hold();
    const transfer = jobs.flatMap((job) => job.transfer);
    try {
      place.seat.post(this.#batch(place, jobs), transfer);
    } catch (error) {
      for (const job of jobs) this.#forget(place, job);
      if (jobs.length === 1) {
        const [job] = jobs as [QueuedJob];
        if (!job.future.done()) job.future._fail(error);
      } else {
        for (const job of jobs) this.#give(place, [job]);
      }
      this.#settlePlace(place);
    }
  }

  #batch(place: Place, jobs: readonly QueuedJob[]): Batch {
    const sources = new Map<number, Source>();
    const messages: JobMessage[] = [];
    for (const job of jobs) {
      const id = this.#idOf(job);
      if (!place.known.has(id)) {
        place.known.add(id);
        sources.set(id, job.source);
      }
      job.place = place;
      job.sequence = place.given;
      place.given += 1;
      place.jobs.set(job.sequence, job);
      messages.push([job.sequence, id, job.args, job.variables]);
    }
    return { sources: [...sources], jobs: messages };
  }

  #idOf({ func }: QueuedJob): number {
    let id = this.#functionIds.get(func);
    if (id === undefined) {
      id = this.#functions;
      this.#functions += 1;
      this.#functionIds.set(func, id);
    }
    return id;
  }

  /** A batch could not be sent. */
  #forget(place: Place, job: QueuedJob): void {
    place.jobs.delete(job.sequence);
    place.known.delete(this.#idOf(job));
    job.place = null;
  }

  #startPlace(): Place {
    const index = this.#started;
    this.#started += 1;
    const place: Place = new Place(
      this.#kind.start(index, {
        reply: (reply) => this.#replied(place, reply),
        died: (how, cause) => this.#die(`${this.#kind.crashedText}: worker ${index} ${how}`, cause),
      }),
      index,
    );
    this.#places.add(place);
    return place;
  }

  #replied(place: Place, reply: Reply): void {
    if (!this.#places.has(place)) return;
    if (reply.broken !== undefined) {
      const cause = decodeError(reply.broken);
      console.error('Exception in initializer:', cause);
      this.#die(this.#kind.initializerText, cause);
      return;
    }
    const { done, passed, elapsedMs, outcomes } = reply;
    if (done > 0) {
      const pace = elapsedMs / 1000 / done;
      place.pace = place.pace === Infinity ? pace : (place.pace + pace) / 2;
    }
    for (const [sequence, ok, value] of outcomes) this.#over(place, sequence, ok, value);
    if (done > outcomes.length) this.#dropPassed(place, passed);
    this.#settlePlace(place);
    this.#dispatch();
    if (this.#queue.size === 0) this.#rebalance();
    this.#endIfDone();
  }

  #over(place: Place, sequence: number, ok: boolean, value: unknown): void {
    const job = place.jobs.get(sequence);
    if (job === undefined) return;
    place.jobs.delete(sequence);
    if (job.future.done()) return;
    if (ok) job.future._finish(value);
    else {
      const error = decodeThrown(value as Thrown);
      job.future._fail(this.#kind.jobFailed?.(error) ?? error);
    }
  }

  /** Jobs that were taken back are over when the worker has passed them. */
  #dropPassed(place: Place, passed: number): void {
    for (const sequence of place.jobs.keys()) {
      if (sequence >= passed) return;
      place.jobs.delete(sequence);
    }
  }

  #settlePlace(place: Place): void {
    if (place.jobs.size > 0 || !this.#places.has(place)) return;
    place.seat.release();
    const most = this.#kind.maxTasksPerChild;
    if (most !== null && place.given >= most) {
      this.#places.delete(place);
      this.#idle.delete(place);
      void place.seat.terminate();
    } else this.#idle.add(place);
  }

  /** Idle workers take over what others have not started. */
  #rebalance(): void {
    if (this.#idle.size === 0) return;
    for (const place of this.#places) {
      if (place.jobs.size < 2) continue;
      const behind = [...place.jobs.values()].slice(1).toReversed();
      let taken = 0;
      for (const job of behind) {
        if (taken >= Math.ceil(behind.length / 2) || this.#idle.size === 0) break;
        if (job.future.done() || !place.seat.withdraw(job.sequence)) continue;
        taken += 1;
        job.place = null;
        this.#queue.add(job);
      }
    }
    if (this.#queue.size > 0) this.#dispatch();
  }

  /** Ends the worker of a job that would not stop, and gives its other jobs to others. */
  #replace(place: Place, stuck: QueuedJob): void {
    this.#places.delete(place);
    this.#idle.delete(place);
    const rest = [...place.jobs.values()].filter(
      (job) => job !== stuck && job.place === place && !job.future.done(),
    );
    const queued = [...this.#queue];
    this.#queue.clear();
    for (const job of [...rest, ...queued]) {
      job.place = null;
      this.#queue.add(job);
    }
    void place.seat.terminate();
    if (!stuck.future.done()) stuck.future._cancelled();
    this.#dispatch();
    this.#endIfDone();
  }

  #die(message: string, cause: unknown): void {
    if (this.#broken !== null) return;
    this.#broken = this.#kind.broken(message, cause);
    const jobs = [...this.#places].flatMap((place) => [...place.jobs.values()]);
    jobs.push(...this.#queue);
    this.#queue.clear();
    const places = [...this.#places];
    this.#places.clear();
    this.#idle.clear();
    for (const place of places) void place.seat.terminate();
    for (const job of jobs) {
      if (!job.future.done()) job.future._fail(this.#kind.broken(message, cause));
    }
    this.#endIfDone();
  }

  /** After a shutdown the last job that ends takes the workers with it. */
  #endIfDone(): void {
    if (!this.#shutdown || this.#queue.size > 0) return;
    for (const place of this.#places) if (place.jobs.size > 0) return;
    const places = [...this.#places];
    this.#places.clear();
    this.#idle.clear();
    const waiting = this.#waiting.splice(0);
    void Promise.all(places.map((place) => place.seat.terminate())).then(() => {
      for (const resolve of waiting) resolve();
    });
  }
}
