import { availableParallelism } from 'node:os';
import { ValueError, type PoolFuture } from '@loop/core';
import { describe } from '@loop/core/errors';
import { BrokenProcessPool } from './errors.ts';
import { checkShutdown, Executor, type ShutdownOptions } from './executor.ts';
import type { Offloadable } from './offloadable.ts';
import { checkPoolOptions, endWhenDropped, type PoolOptions } from './pool-options.ts';
import { ProcessSeat } from './process-seat.ts';
import { WorkerPool } from './worker-pool.ts';
import { refuseShared } from './worker/unsendable.js';

/** Options of {@link ProcessPoolExecutor}. */
export interface ProcessPoolOptions extends PoolOptions {
  /** Replaces a process after so many jobs; `null`: never. */
  readonly maxTasksPerChild?: number | null | undefined;
}

// Windows waits for 63 handles at once, two of which the reference needs itself.
const MOST_ON_WINDOWS = 61;
// Jobs a process is given ahead: they travel together, and count as running.
const AHEAD = 64;

/**
 * Runs functions in child processes: they crash alone, and use all processors. The program's own
 * modules are not loaded there, only those that jobs name.
 *
 * @see CPython `concurrent.futures.ProcessPoolExecutor`
 */
export class ProcessPoolExecutor extends Executor {
  readonly #pool: WorkerPool;

  /**
   * @param options - `maxWorkers` is by default the number of processors.
   * @throws {ValueError} `maxWorkers` or `maxTasksPerChild` is out of range.
   * @throws {TypeError} An option is not known, has the wrong type, or is `initargs` with shared memory in it.
   */
  constructor(options: ProcessPoolOptions = {}) {
    super();
    const { maxWorkers, abortGrace, initializer, initargs } = checkPoolOptions(
      options,
      'ProcessPoolExecutor',
      ['maxTasksPerChild'],
      availableParallelism(),
    );
    refuseShared(initargs, 'initargs');
    if (process.platform === 'win32' && maxWorkers > MOST_ON_WINDOWS) {
      throw new ValueError(`maxWorkers must be <= ${MOST_ON_WINDOWS}, got ${maxWorkers}`);
    }
    // A process that may be ended for one job must not have others.
    const prompt = abortGrace !== null;
    this.#pool = new WorkerPool({
      maxWorkers,
      abortGrace,
      maxTasksPerChild: checkMaxTasks(options.maxTasksPerChild),
      start: (index, events) => {
        const name = `ProcessPoolExecutor_${index}`;
        return new ProcessSeat(prompt ? 1 : AHEAD, { name, initializer, initargs, prompt }, events);
      },
      broken: (message, cause) => new BrokenProcessPool(message, { cause }),
      texts: {
        initializer: 'A process initializer failed, the process pool is not usable anymore',
        crashed:
          'A process in the process pool was terminated abruptly while the future was running or pending',
        unusable: 'A child process terminated abruptly, the process pool is not usable anymore',
      },
    });
    endWhenDropped(this, this.#pool);
  }

  override submit<A extends readonly unknown[], R>(
    func: Offloadable<A, R>,
    ...args: A
  ): PoolFuture<Awaited<R>> {
    return this.#pool.submit(func, args, null);
  }

  override shutdown(options: ShutdownOptions = {}): Promise<void> {
    const { wait, cancelFutures } = checkShutdown(options);
    return this.#pool.shutdown(wait, cancelFutures);
  }

  /** How many processes there are now. */
  get processes(): number {
    return this.#pool.size;
  }
}

function checkMaxTasks(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected maxTasksPerChild to be an integer, got ${describe(value)}`);
  }
  if (value < 1) throw new ValueError(`maxTasksPerChild must be >= 1, got ${value}`);
  return value;
}
