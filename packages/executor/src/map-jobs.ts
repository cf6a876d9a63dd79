import { TimeoutError, ValueError } from '@loop/core';
import { describe } from './describe.ts';
import type { PoolFuture } from './pool-future.ts';

/** Options of `Executor.map`. */
export interface MapOptions {
  /** Seconds from the call within which each result has to be there; `null` for no limit. */
  readonly timeout?: number | null;
  /** How many items at least go to a worker at a time. Pools here choose that by themselves. */
  readonly chunksize?: number;
  /** How many jobs are submitted ahead of the results; by default all. */
  readonly buffersize?: number | null;
}

/** See `Executor.map`: submits before it returns. */
export function mapJobs<R>(
  submitRow: (row: readonly unknown[]) => PoolFuture<R>,
  iterables: readonly Iterable<unknown>[],
  options: MapOptions,
): AsyncGenerator<R, void, undefined> {
  const { timeout = null, chunksize = 1, buffersize = null } = options;
  checkCount(chunksize, 'chunksize');
  if (buffersize !== null) checkCount(buffersize, 'buffersize');
  const rows = zip(iterables);
  const jobs: Array<PoolFuture<R>> = [];
  const submit = (most: number): void => {
    while (jobs.length < most) {
      const row = rows.next();
      if (row.done === true) return;
      jobs.push(submitRow(row.value));
    }
  };
  submit(buffersize ?? Infinity);
  const end = timeout === null ? Infinity : performance.now() + timeout * 1000;
  return results(jobs, () => submit(buffersize ?? 0), end, timeout);
}

async function* results<R>(
  jobs: Array<PoolFuture<R>>,
  refill: () => void,
  end: number,
  timeout: number | null,
): AsyncGenerator<R, void, undefined> {
  try {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      refill();
      yield await before(job, end, timeout);
    }
  } finally {
    for (const job of jobs) job.cancel();
  }
}

/** Waits for a job until `end`; a job that is late and has not started is cancelled. */
async function before<R>(job: PoolFuture<R>, end: number, timeout: number | null): Promise<R> {
  if (end === Infinity) return job;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        job.cancel();
        reject(new TimeoutError(`a result was not there within ${timeout} seconds`));
      },
      Math.max(0, end - performance.now()),
    );
  });
  try {
    return await Promise.race([job, late]);
  } finally {
    clearTimeout(timer);
  }
}

function* zip(iterables: readonly Iterable<unknown>[]): Generator<unknown[], void, undefined> {
  const iterators = iterables.map((iterable) => iterable[Symbol.iterator]());
  if (iterators.length === 0) return;
  for (;;) {
    const row = iterators.map((iterator) => iterator.next());
    if (row.some((item) => item.done === true)) return;
    yield row.map((item) => item.value);
  }
}

function checkCount(value: unknown, name: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected ${name} to be an integer, got ${describe(value)}`);
  }
  if (value < 1) throw new ValueError(`${name} must be >= 1., got ${value}`);
}
