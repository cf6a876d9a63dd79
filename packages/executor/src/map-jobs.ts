import { TimeoutError, ValueError, type PoolFuture } from '@loop/core';
import { checkOptions, describe } from '@loop/core/errors';
import { LongTimer } from './long-timer.ts';

/** Options of `Executor.map`. */
export interface MapOptions {
  /** Seconds from the call within which each result has to be there; `null` for no limit. */
  readonly timeout?: number | null | undefined;
  /** How many items at least go to a worker at a time. Pools here choose that by themselves. */
  readonly chunksize?: number | undefined;
  /** How many jobs are submitted ahead of the results; by default all. */
  readonly buffersize?: number | null | undefined;
}

/** See `Executor.map`: submits before it returns. */
export function mapJobs<R>(
  submitRow: (row: readonly unknown[]) => PoolFuture<R>,
  iterables: readonly Iterable<unknown>[],
  options: MapOptions,
): AsyncGenerator<R, void, undefined> {
  checkIterables(iterables);
  checkOptions(options, ['timeout', 'chunksize', 'buffersize'], 'map');
  const { timeout = null, chunksize = 1, buffersize = null } = options;
  checkCount(chunksize, 'chunksize');
  if (buffersize !== null) checkCount(buffersize, 'buffersize');
  if (timeout !== null && (typeof timeout !== 'number' || Number.isNaN(timeout))) {
    throw new TypeError(`Expected timeout to be a number of seconds, got ${describe(timeout)}`);
  }
  const jobs = new Jobs(submitRow, rowsOf(iterables));
  const end = timeout === null ? null : performance.now() + timeout * 1000;
  jobs.submit(buffersize ?? Infinity);
  return withEarlyEnd(results(jobs, buffersize ?? 0, end), () => jobs.cancel());
}

/** The jobs of one call: submitted ahead, and taken in order. */
class Jobs<R> {
  readonly #submitRow: (row: readonly unknown[]) => PoolFuture<R>;
  readonly #rows: Generator<unknown[], void, undefined>;
  #jobs: PoolFuture<R>[] = [];
  #taken = 0;

  constructor(
    submitRow: (row: readonly unknown[]) => PoolFuture<R>,
    rows: Generator<unknown[], void, undefined>,
  ) {
    this.#submitRow = submitRow;
    this.#rows = rows;
  }

  /** Submits until there are `most` ahead. */
  submit(most: number): void {
    while (this.#jobs.length - this.#taken < most) {
      const row = this.#rows.next();
      if (row.done === true) return;
      this.#jobs.push(this.#submitRow(row.value));
    }
  }

  take(): PoolFuture<R> | undefined {
    const job = this.#jobs[this.#taken];
    if (job === undefined) return undefined;
    this.#taken += 1;
    // What was taken is let go of, now and then.
    if (this.#taken === 1000) this.#jobs = this.#jobs.slice(this.#taken);
    this.#taken %= 1000;
    return job;
  }

  /** Nobody wants the rest. */
  cancel(): void {
    this.#rows.return();
    for (const job of this.#jobs.splice(0).slice(this.#taken)) job.cancel();
    this.#taken = 0;
  }
}

async function* results<R>(
  jobs: Jobs<R>,
  buffersize: number,
  end: number | null,
): AsyncGenerator<R, void, undefined> {
  try {
    for (let job = jobs.take(); job !== undefined; job = jobs.take()) {
      jobs.submit(buffersize);
      yield await (end === null ? job : before(job, end));
    }
  } finally {
    jobs.cancel();
  }
}

/** Waits for a job until `end`; one that is late and has not started is cancelled. */
async function before<R>(job: PoolFuture<R>, end: number): Promise<R> {
  let timer: LongTimer | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = new LongTimer((end - performance.now()) / 1000, () => {
      reject(new TimeoutError('a result was not there in time'));
      job.cancel();
    });
  });
  try {
    return await Promise.race([job, late]);
  } finally {
    timer?.cancel();
  }
}

/** A generator that has not begun does not run its `finally` when it is ended. */
function withEarlyEnd<R>(
  generator: AsyncGenerator<R, void, undefined>,
  cancel: () => void,
): AsyncGenerator<R, void, undefined> {
  let begun = false;
  const end = (): void => {
    if (!begun) cancel();
  };
  return {
    next: () => {
      begun = true;
      return generator.next();
    },
    return: (value) => {
      end();
      return generator.return(value);
    },
    throw: (error) => {
      end();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}

/** The first items, the second ones, and so on up to the end of the shortest iterable. */
function* rowsOf(iterables: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const iterators = iterables.map((iterable) => iterable[Symbol.iterator]());
  if (iterators.length === 0) return;
  const open = new Set(iterators);
  try {
    for (;;) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const item = iterator.next();
        if (item.done === true) {
          open.delete(iterator);
          return;
        }
        row.push(item.value);
      }
      yield row;
    }
  } finally {
    for (const iterator of open) iterator.return?.();
  }
}

function checkIterables(iterables: unknown): void {
  const rule = 'one iterable for each parameter, as in map(func, [items])';
  if (!Array.isArray(iterables)) {
    throw new TypeError(`Expected iterables to be an array of ${rule}, got ${describe(iterables)}`);
  }
  for (const [index, each] of (iterables as unknown[]).entries()) {
    const iterator = (each as { [Symbol.iterator]?: unknown } | null | undefined)?.[
      Symbol.iterator
    ];
    if (typeof iterator !== 'function') {
      throw new TypeError(
        `Expected iterables[${index}] to be iterable, got ${describe(each)}: there is ${rule}`,
      );
    }
  }
}

function checkCount(value: unknown, name: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected ${name} to be an integer, got ${describe(value)}`);
  }
  if (value < 1) throw new ValueError(`${name} must be >= 1., got ${value}`);
}
