import { availableParallelism } from 'node:os';
import { ValueError } from '@loop/core';
import { describe } from './describe.ts';
import { BrokenThreadPool } from './errors.ts';
import { Executor, type ShutdownOptions } from './executor.ts';
import { sourceOf, type Offloadable, type Source } from './offloadable.ts';
import type { PoolFuture } from './pool-future.ts';
import { ThreadSeat } from './thread-seat.ts';
import { WorkerPool, type PoolKind } from './worker-pool.ts';

/** Options that every pool has. */
export interface PoolOptions<I extends readonly unknown[] = readonly unknown[]> {
  /** How many workers there are at most. */
  readonly maxWorkers?: number | null;
  /** Runs once in each worker before its first job. One that fails breaks the pool. */
  readonly initializer?: Offloadable<I, unknown> | null;
  /** What the initializer is called with; has to be clonable. */
  readonly initargs?: I;
  /**
   * Seconds that a job has to end in once it is aborted while it runs (`abort()` of its future, or
   * cancelling what `runInExecutor` gave); then its worker is ended and replaced. Without it a
   * running job is never ended.
   */
  readonly abortGrace?: number | null;
}

/** Options of {@link ThreadPoolExecutor}. */
export interface ThreadPoolOptions<
  I extends readonly unknown[] = readonly unknown[],
> extends PoolOptions<I> {
  /** Threads are named `<prefix>_<n>`; by default `ThreadPoolExecutor-<k>`. */
  readonly threadNamePrefix?: string;
}

let pools = 0;

/**
 * Runs functions on worker threads, which are started on demand and reused.
 *
 * A thread here shares no objects with the caller: arguments and results are cloned, moved
 * (`transfer`), or shared memory (`SharedArrayBuffer`).
 *
 * @see CPython `concurrent.futures.ThreadPoolExecutor`
 */
export class ThreadPoolExecutor extends Executor {
  readonly #pool: WorkerPool;

  /**
   * @param options - `maxWorkers` is by default `min(32, cpus + 4)`.
   * @throws {ValueError} `maxWorkers` is less than 1.
   * @throws {TypeError} An option has the wrong type.
   */
  constructor(options: ThreadPoolOptions = {}) {
    super();
    const { threadNamePrefix = this._defaultPrefix() } = options;
    const maxWorkers = checkMaxWorkers(
      options.maxWorkers,
      Math.min(32, availableParallelism() + 4),
    );
    const initializer = initializerSource(options.initializer);
    const initargs = options.initargs ?? [];
    this.#pool = new WorkerPool({
      maxWorkers,
      abortGrace: checkGrace(options.abortGrace),
      maxTasksPerChild: null,
      start: (index, events) =>
        new ThreadSeat({ name: `${threadNamePrefix}_${index}`, initializer, initargs }, events),
      initializerText: 'A thread initializer failed, the thread pool is not usable anymore',
      crashedText: 'A thread of the pool ended abruptly, the thread pool is not usable anymore',
      ...this._kind(),
    });
  }

  override submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    ...args: A
  ): PoolFuture<Awaited<R>> {
    return this._submitWith(null, func, args);
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    return this.#pool.shutdown(options.wait ?? true, options.cancelFutures ?? false);
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#pool.size;
  }

  /** `submit`, with values of context variables that travel. @internal */
  _submitWith<A extends readonly unknown[], R>(
    variables: Readonly<Record<string, unknown>> | null,
    func: Offloadable<A, R>,
    args: A,
  ): PoolFuture<Awaited<R>> {
    return this.#pool.submit(func, args, variables);
  }

  /** What a subclass does otherwise. @internal */
  _kind(): Pick<PoolKind, 'broken' | 'jobFailed'> {
    return { broken: (message, cause) => new BrokenThreadPool(message, { cause }) };
  }

  /** @internal */
  _defaultPrefix(): string {
    pools += 1;
    return `${this.constructor.name}-${pools - 1}`;
  }
}

/** @throws {ValueError | TypeError} `value` is no positive integer. */
export function checkMaxWorkers(value: unknown, byDefault: number): number {
  if (value === undefined || value === null) return byDefault;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected maxWorkers to be an integer, got ${describe(value)}`);
  }
  if (value <= 0) throw new ValueError(`maxWorkers must be greater than 0, got ${value}`);
  return value;
}

/** @throws {TypeError} `value` is no number of seconds. */
export function checkGrace(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0)) {
    throw new TypeError(`Expected abortGrace to be 0 or more seconds, got ${describe(value)}`);
  }
  return value;
}

/** @throws {TypeError} `initializer` cannot be called. */
export function initializerSource(initializer: unknown): Source | null {
  if (initializer === undefined || initializer === null) return null;
  try {
    return sourceOf(initializer);
  } catch (error) {
    throw new TypeError(`initializer must be a callable, got ${describe(initializer)}`, {
      cause: error,
    });
  }
}
