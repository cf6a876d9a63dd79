import type { PoolFuture } from '@loop/core';
import { checkBoolean, checkOptions } from '@loop/core/errors';
import type { Offloadable } from './offloadable.ts';
import { mapJobs, type MapOptions } from './map-jobs.ts';

/** How `shutdown` ends a pool. */
export interface ShutdownOptions {
  /** Whether to wait for the jobs; by default true. */
  readonly wait?: boolean | undefined;
  /** Whether to cancel the jobs that have not started; by default false. */
  readonly cancelFutures?: boolean | undefined;
}

/** @throws {TypeError} One of the options is not known, or no boolean. */
export function checkShutdown(options: ShutdownOptions): { wait: boolean; cancelFutures: boolean } {
  checkOptions(options, ['wait', 'cancelFutures'], 'shutdown');
  const { wait = true, cancelFutures = false } = options;
  checkBoolean(wait, 'wait');
  checkBoolean(cancelFutures, 'cancelFutures');
  return { wait, cancelFutures };
}

/**
 * Runs functions elsewhere. Whoever has an engine for that, a queue or a cluster, extends this class
 * by `submit` and `shutdown`, and `loop.runInExecutor` takes it.
 *
 * @see CPython `concurrent.futures.Executor`
 */
export abstract class Executor implements AsyncDisposable {
  /**
   * Schedules `func(...args)`.
   *
   * @throws {RuntimeError} The executor was shut down, or is broken.
   * @throws {TypeError} `func` cannot be sent.
   */
  abstract submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    ...args: A
  ): PoolFuture<Awaited<R>>;

  /** Lets the jobs finish and frees everything; may be called again. Afterwards `submit` throws. */
  abstract shutdown(options?: ShutdownOptions): Promise<void>;

  /**
   * Calls `func` with the first item of each iterable, then with the second, and so on up to the end
   * of the shortest. All jobs are submitted at once, or `buffersize` ahead; the results come in order.
   *
   * The iteration throws a job's error in its place, which ends it, and `TimeoutError` when a result
   * is not there `timeout` seconds after this call. When it ends early, jobs that have not started are
   * cancelled.
   *
   * @throws {ValueError} `chunksize` or `buffersize` is less than 1.
   * @throws {TypeError} `iterables` is not an array of iterables, or an option is not known or of the wrong type.
   */
  map<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    iterables: { readonly [K in keyof A]: Iterable<A[K]> },
    options: MapOptions = {},
  ): AsyncGenerator<Awaited<R>, void, undefined> {
    const submit = (row: readonly unknown[]): PoolFuture<Awaited<R>> =>
      this.submit(func, ...(row as A));
    return mapJobs(submit, iterables, options);
  }

  /** `shutdown()`, waiting for the jobs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}
