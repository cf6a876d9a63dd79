import { availableParallelism } from 'node:os';
import type { ResourceLimits } from 'node:worker_threads';
import type { PoolFuture } from '@loop/core';
import { checkOptions, describe } from '@loop/core/errors';
import { BrokenThreadPool } from './errors.ts';
import { checkShutdown, Executor, type ShutdownOptions } from './executor.ts';
import type { Offloadable } from './offloadable.ts';
import { checkPoolOptions, endWhenDropped, type PoolOptions } from './pool-options.ts';
import { ThreadSeat } from './thread-seat.ts';
import { WorkerPool, type PoolKind } from './worker-pool.ts';

/** Options of {@link ThreadPoolExecutor}. */
export interface ThreadPoolOptions extends PoolOptions {
  /** Threads are named `<prefix>_<n>`; by default `ThreadPoolExecutor-<k>`. */
  readonly threadNamePrefix?: string | undefined;
  /** How much memory a thread may use; by default as much as the main one. One that needs more breaks the pool. */
  readonly resourceLimits?: ResourceLimits | undefined;
}

const LIMITS = [
  'maxYoungGenerationSizeMb',
  'maxOldGenerationSizeMb',
  'codeRangeSizeMb',
  'stackSizeMb',
];

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
   * @throws {TypeError} An option is not known, or has the wrong type.
   */
  constructor(options: ThreadPoolOptions = {}) {
    super();
    const { maxWorkers, abortGrace, initializer, initargs } = checkPoolOptions(
      options,
      this.constructor.name,
      ['threadNamePrefix', 'resourceLimits'],
      Math.min(32, availableParallelism() + 4),
    );
    const { threadNamePrefix = this._defaultPrefix(), resourceLimits } = options;
    if (typeof threadNamePrefix !== 'string') {
      throw new TypeError(
        `Expected threadNamePrefix to be a string, got ${describe(threadNamePrefix)}`,
      );
    }
    if (resourceLimits !== undefined) checkOptions(resourceLimits, LIMITS, 'resourceLimits');
    this.#pool = new WorkerPool({
      maxWorkers,
      abortGrace,
      maxTasksPerChild: null,
      start: (index, events) => {
        const name = `${threadNamePrefix}_${index}`;
        return new ThreadSeat({ name, initializer, initargs }, resourceLimits, events);
      },
      texts: {
        initializer: 'A thread initializer failed, the thread pool is not usable anymore',
        crashed:
          'A thread in the thread pool was terminated abruptly while the future was running or pending',
        unusable: 'A thread terminated abruptly, the thread pool is not usable anymore',
      },
      ...this._kind(),
    });
    endWhenDropped(this, this.#pool);
  }

  override submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    ...args: A
  ): PoolFuture<Awaited<R>> {
    return this._submitWith(null, func, args);
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { wait, cancelFutures } = checkShutdown(options);
    return this.#pool.shutdown(wait, cancelFutures);
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
