import { ValueError } from '@loop/core';
import { checkOptions, describe } from '@loop/core/errors';
import { sourceOf, type Offloadable, type Source } from './offloadable.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Options that every pool has. */
export interface PoolOptions {
  /** How many workers there are at most. */
  readonly maxWorkers?: number | null | undefined;
  /** Runs once in each worker before its first job. One that fails breaks the pool. */
  readonly initializer?: Offloadable<never[], unknown> | null | undefined;
  /** What the initializer is called with; has to be clonable. */
  readonly initargs?: readonly unknown[] | undefined;
  /**
   * Seconds that a job has to end in once it is aborted while it runs (`abort()` of its future, or
   * cancelling what `runInExecutor` gave); then its worker is ended and replaced. Without it a
   * running job is never ended.
   */
  readonly abortGrace?: number | null | undefined;
}

/** What a pool makes of the options that every pool has. */
export interface CheckedOptions {
  readonly maxWorkers: number;
  readonly initializer: Source | null;
  readonly initargs: readonly unknown[];
  readonly abortGrace: number | null;
}

const KNOWN = ['maxWorkers', 'initializer', 'initargs', 'abortGrace'];

/**
 * @param ofKind - What else this kind of pool takes.
 * @throws {ValueError | TypeError} One of them is not known, out of range, or of the wrong type.
 */
export function checkPoolOptions(
  options: PoolOptions,
  pool: string,
  ofKind: readonly string[],
  maxWorkersByDefault: number,
): CheckedOptions {
  checkOptions(options, [...KNOWN, ...ofKind], pool);
  return {
    maxWorkers: checkMaxWorkers(options.maxWorkers, maxWorkersByDefault),
    initializer: checkInitializer(options.initializer),
    initargs: checkInitargs(options.initargs),
    abortGrace: checkGrace(options.abortGrace),
  };
}

function checkMaxWorkers(value: unknown, byDefault: number): number {
  if (value === undefined || value === null) return byDefault;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected maxWorkers to be an integer, got ${describe(value)}`);
  }
  if (value <= 0) throw new ValueError(`maxWorkers must be greater than 0, got ${value}`);
  return value;
}

function checkInitializer(initializer: unknown): Source | null {
  if (initializer === undefined || initializer === null) return null;
  try {
    return sourceOf(initializer);
  } catch (error) {
    throw new TypeError(`initializer must be a callable, got ${describe(initializer)}`, {
      cause: error,
    });
  }
}

function checkInitargs(initargs: unknown): readonly unknown[] {
  if (initargs === undefined) return [];
  if (Array.isArray(initargs)) return initargs as readonly unknown[];
  throw new TypeError(`Expected initargs to be an array, got ${describe(initargs)}`);
}

function checkGrace(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0)) {
    throw new TypeError(`Expected abortGrace to be 0 or more seconds, got ${describe(value)}`);
  }
  return value;
}

const dropped = new FinalizationRegistry<WorkerPool>((pool) => {
  void pool.shutdown(false, false);
});

/** A pool that the program has dropped ends when its jobs have, as the reference's does. */
export function endWhenDropped(executor: object, pool: WorkerPool): void {
  dropped.register(executor, pool);
}
