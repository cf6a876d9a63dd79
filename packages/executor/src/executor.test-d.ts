import type { Future, PoolFuture } from '@loop/core';
import { getRunningLoop } from '@loop/core';
import { expectTypeOf, test } from 'vitest';
import type * as jobs from '../test/fixtures/jobs.ts';
import {
  Executor,
  moduleFunction,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  toThread,
  transfer,
  type ModuleFunction,
  type Offloadable,
} from './index.ts';

declare const pool: ThreadPoolExecutor;
const repeat = (text: string, times: number): string => text.repeat(times);
const JOBS = new URL('../test/fixtures/jobs.ts', import.meta.url);

test('submit takes what its function takes, and gives what it returns', () => {
  expectTypeOf(pool.submit(repeat, 'a', 2)).toEqualTypeOf<PoolFuture<string>>();
  expectTypeOf(pool.submit(async () => 5)).toEqualTypeOf<PoolFuture<number>>();
  // @ts-expect-error one argument is missing
  void pool.submit(repeat, 'a');
  // @ts-expect-error one is of another type
  void pool.submit(repeat, 'a', 'b');
});

test('a job finds its signal, its name and transfer as this', () => {
  const job = pool.submit(function (bytes: Uint8Array) {
    expectTypeOf(this.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(this.workerName).toEqualTypeOf<string>();
    return this.transfer(bytes, [bytes.buffer as ArrayBuffer]);
  }, new Uint8Array(1));
  expectTypeOf(job).toEqualTypeOf<PoolFuture<Uint8Array>>();
});

test('runInExecutor and toThread give futures of the loop', () => {
  const loop = getRunningLoop();
  expectTypeOf(loop.runInExecutor(null, repeat, 'a', 2)).toEqualTypeOf<Future<string>>();
  expectTypeOf(loop.runInExecutor(pool, async () => 5)).toEqualTypeOf<Future<number>>();
  expectTypeOf(toThread(repeat, 'a', 2)).toEqualTypeOf<Future<string>>();
  // @ts-expect-error an executor or null is needed
  void loop.runInExecutor(repeat, 'a', 2);
  // @ts-expect-error processes cannot be the default
  loop.setDefaultExecutor(new ProcessPoolExecutor());
});

test('a function named by its module has the types of the export, if it is told which', () => {
  const add = moduleFunction<typeof jobs.add>(JOBS, 'add');
  expectTypeOf(add).toEqualTypeOf<ModuleFunction<[a: number, b: number], number>>();
  expectTypeOf(pool.submit(add, 1, 2)).toEqualTypeOf<PoolFuture<number>>();
  // @ts-expect-error of another type
  void pool.submit(add, 'a', 2);
  expectTypeOf(pool.submit(moduleFunction(JOBS, 'add'), 1, 'x')).toEqualTypeOf<
    PoolFuture<unknown>
  >();
});

test('map takes an iterable for each argument', () => {
  expectTypeOf(pool.map(repeat, [['a', 'b'], new Set([1, 2])])).toEqualTypeOf<
    AsyncGenerator<string, void, undefined>
  >();
  // @ts-expect-error one iterable is missing
  void pool.map(repeat, [['a', 'b']]);
  // @ts-expect-error of another type
  void pool.map(repeat, [[1], [2]]);
});

test('options are those of their pool, and an initializer takes what it likes', () => {
  const prepare = (level: number): void => void level;
  expectTypeOf(
    new ThreadPoolExecutor({ initializer: prepare, initargs: [5] }),
  ).toEqualTypeOf<ThreadPoolExecutor>();
  // @ts-expect-error processes have no thread names
  void new ProcessPoolExecutor({ threadNamePrefix: 'a' });
  // @ts-expect-error threads have no tasks per child
  void new ThreadPoolExecutor({ maxTasksPerChild: 1 });
});

test('an executor of somebody else has to submit and to shut down', () => {
  // @ts-expect-error shutdown is missing
  class Half extends Executor {
    override submit<A extends readonly unknown[], R>(
      _func: Offloadable<A, R>,
      ..._args: A
    ): PoolFuture<Awaited<R>> {
      throw new TypeError('not yet');
    }
  }
  expectTypeOf<Half>().toExtend<AsyncDisposable>();
  expectTypeOf(transfer(new Uint8Array(1), [])).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
});
