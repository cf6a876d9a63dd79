import { fileURLToPath } from 'node:url';
import {
  CancelledError,
  InvalidStateError,
  RuntimeError,
  TimeoutError,
  ValueError,
} from '@loop/core';
import {
  InterpreterPoolExecutor,
  moduleFunction,
  PoolFuture,
  ProcessPoolExecutor,
  registerErrorClass,
  RemoteTraceback,
  ThreadPoolExecutor,
  type Executor,
  type PoolOptions,
} from '@loop/executor';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import { countCalls } from '../test/fixtures/jobs.ts';
import type * as jobs from '../test/fixtures/jobs.ts';

const JOBS = new URL('../test/fixtures/jobs.ts', import.meta.url);
const add = moduleFunction<typeof jobs.add>(JOBS, 'add');

const pools: Array<[string, new (options: PoolOptions) => Executor]> = [
  ['ThreadPoolExecutor', ThreadPoolExecutor],
  ['InterpreterPoolExecutor', InterpreterPoolExecutor],
  ['ProcessPoolExecutor', ProcessPoolExecutor],
];

describe.each(pools)('%s', (_, Pool) => {
  it('EXEC-017 runs a self-contained function, and one that a module exports', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const future = pool.submit((a: number, b: number) => a * b, 6, 7);
    expect(future.done()).toBe(false);
    expect(await future).toBe(42);
    expect([future.done(), future.running(), future.cancelled()]).toEqual([true, false, false]);
    expect([future.result(), future.exception()]).toEqual([42, null]);
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(await pool.submit(moduleFunction(fileURLToPath(JOBS), 'add'), 1, 2)).toBe(3);
  });

  it('awaits async functions, and takes methods and generators written as such', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    expect(await pool.submit(async (x: number) => (await Promise.resolve(x)) + 1, 1)).toBe(2);
    const { double } = {
      double(this: void, x: number) {
        return x * 2;
      },
    };
    expect(await pool.submit(double, 4)).toBe(8);
  });

  it('EXEC-021 maps over iterables in input order, up to the shortest', async () => {
    await using pool = new Pool({ maxWorkers: 2 });
    const results: number[] = [];
    for await (const each of pool.map(
      (a: number, b: number) => a + b,
      [
        [1, 2, 3],
        [10, 20, 30, 40],
      ],
    )) {
      results.push(each);
    }
    expect(results).toEqual([11, 22, 33]);
  });

  it('EXEC-021 throws an error of map in its place', async () => {
    await using pool = new Pool({ maxWorkers: 2 });
    const divide = (x: number): number => {
      if (x === 0) throw new RangeError('zero');
      return 10 / x;
    };
    const results = pool.map(divide, [[5, 2, 0, 1]]);
    expect(await results.next()).toEqual({ done: false, value: 2 });
    expect(await results.next()).toEqual({ done: false, value: 5 });
    await expect(results.next()).rejects.toThrow(RangeError);
    expect((await results.next()).done).toBe(true);
  });

  it('EXEC-023 takes a chunksize that changes no result, and refuses one below 1', async () => {
    await using pool = new Pool({ maxWorkers: 2 });
    const results: number[] = [];
    for await (const each of pool.map((x: number) => x + 1, [[1, 2, 3]], {
      chunksize: 2,
      buffersize: 1,
    }))
      results.push(each);
    expect(results).toEqual([2, 3, 4]);
    expect(() => pool.map((x: number) => x, [[1]], { chunksize: 0 })).toThrow(ValueError);
    expect(() => pool.map((x: number) => x, [[1]], { buffersize: 0 })).toThrow(
      'buffersize must be >= 1',
    );
  });

  it('EXEC-024 finishes queued jobs when it is shut down, and takes no more', async () => {
    const pool = new Pool({ maxWorkers: 1 });
    const futures = [1, 2, 3].map((x) => pool.submit((y: number) => y * 2, x));
    await pool.shutdown();
    expect(futures.map((future) => future.result())).toEqual([2, 4, 6]);
    expect(() => pool.submit(() => 1)).toThrow(RuntimeError);
    expect(() => pool.submit(() => 1)).toThrow('cannot schedule new futures after shutdown');
    await pool.shutdown();
  });

  it('EXEC-024 returns at once with wait false, and queued jobs still run', async () => {
    const pool = new Pool({ maxWorkers: 1 });
    const futures = [1, 2].map((x) => pool.submit((y: number) => y * 2, x));
    await pool.shutdown({ wait: false });
    expect(await Promise.all(futures)).toEqual([2, 4]);
  });

  it('EXEC-026 does not hang when a job was cancelled just before', async () => {
    const pool = new Pool({ maxWorkers: 1 });
    pool.submit(() => 1).cancel();
    await pool.shutdown();
    expect(() => pool.submit(() => 1)).toThrow(RuntimeError);
  });

  it('EXEC-027 is shut down, jobs done, at the end of its scope', async () => {
    let future: PoolFuture<number>;
    {
      await using pool = new Pool({ maxWorkers: 1 });
      future = pool.submit(() => 5);
    }
    expect(future.result()).toBe(5);
  });

  it.each([0, -1])('EXEC-029 refuses maxWorkers %s', (maxWorkers) => {
    expect(() => new Pool({ maxWorkers })).toThrow(ValueError);
    expect(() => new Pool({ maxWorkers })).toThrow('maxWorkers must be greater than 0');
  });

  it('EXEC-032 runs the initializer once in each worker before its first job', async () => {
    await using pool = new Pool({
      maxWorkers: 1,
      initializer: (value: unknown) => {
        (globalThis as { prepared?: unknown[] }).prepared = [value];
      },
      initargs: ['ready'],
    });
    const read = (): unknown => (globalThis as { prepared?: unknown }).prepared;
    expect(await pool.submit(read)).toEqual(['ready']);
    expect(await pool.submit(read)).toEqual(['ready']);
  });

  it('EXEC-032 refuses an initializer that cannot be called', () => {
    expect(() => new Pool({ initializer: 5 as never })).toThrow(TypeError);
    expect(() => new Pool({ initializer: 5 as never })).toThrow(
      'initializer must be a callable, got 5',
    );
  });

  it('EXEC-035 fails the one job whose argument or result cannot be cloned', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const bad = pool.submit(
      (x: unknown) => typeof x,
      () => {},
    );
    const good = pool.submit((x: number) => x, 1);
    const badResult = pool.submit(() => () => {});
    const stillGood = pool.submit((x: number) => x, 2);
    expect(String(await errorOf(bad))).toContain('could not be cloned');
    expect(await good).toBe(1);
    expect(String(await errorOf(badResult))).toContain('could not be cloned');
    expect(await stillGood).toBe(2);
  });

  it('EXEC-036 delivers errors with class, message, properties and the stack of the worker', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const error = await errorOf(
      pool.submit(function fails() {
        throw Object.assign(new RangeError('too far'), { distance: 7 });
      }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'too far', distance: 7 });
    expect(error.stack).toContain('fails');
    let root: unknown = error;
    while (root instanceof Error && root.cause !== undefined) root = root.cause;
    expect(root).toBeInstanceOf(RemoteTraceback);
  });

  it("keeps an error's own cause, and values that are no errors", async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const thrown = pool.submit(() => {
      throw 'just text';
    });
    await expect(thrown).rejects.toBe('just text');
    if (Pool === InterpreterPoolExecutor) return;
    const error = await errorOf(
      pool.submit(() => {
        throw new TypeError('outer', { cause: new RangeError('inner') });
      }),
    );
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  it('makes errors of classes that were made known', async () => {
    const { OddNumber } = await import('../test/fixtures/jobs.ts');
    registerErrorClass(OddNumber);
    await using pool = new Pool({ maxWorkers: 1 });
    const refuseOdd = moduleFunction<typeof jobs.refuseOdd>(JOBS, 'refuseOdd');
    const error = await errorOf(pool.submit(refuseOdd, 3));
    expect(error).toBeInstanceOf(OddNumber);
    expect(error).toMatchObject({ number: 3, message: '3 is odd' });
  });

  it('says which outer variable a function reached for, and what to do', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const outer = 5;
    const error = await errorOf(pool.submit(() => outer + 1));
    expect(error.message).toContain('outer is not defined in the worker');
    expect(error.message).toContain('moduleFunction(');
  });

  it('refuses what cannot be sent, before anything starts', () => {
    const pool = new Pool({ maxWorkers: 1 });
    const named = (x: number): number => x;
    expect(() => pool.submit(5 as never)).toThrow('Expected func to be a function');
    expect(() => pool.submit(Math.max as never)).toThrow('is native or bound');
    expect(() => pool.submit(named.bind(null) as never)).toThrow(TypeError);
    expect(() => pool.submit(class Empty extends Error {} as never)).toThrow('is a class');
    expect(() => moduleFunction('relative.ts', '')).toThrow('Expected exportName');
  });

  it('says what a module exports when it has no such function', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const error = await errorOf(pool.submit(moduleFunction(JOBS, 'missing')));
    expect(error.message).toContain('exports no function missing; it exports');
  });

  it('EXEC-037 takes process.exit() in a job as the end of the job', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const error = await errorOf(pool.submit(() => process.exit(3)));
    expect(error).toMatchObject({ name: 'SystemExit', code: 3 });
    expect(await pool.submit(() => 'still here')).toBe('still here');
  });

  it('EXEC-034 does not start the main program in a worker', async () => {
    await using pool = new Pool({ maxWorkers: 1 });
    const entry = await pool.submit(() => process.argv[1] ?? '');
    expect(entry).not.toBe('never');
    const count = moduleFunction<typeof jobs.countCalls>(JOBS, 'countCalls');
    for (let i = 0; i < 5; i += 1) countCalls();
    expect([await pool.submit(count), await pool.submit(count)]).toEqual([1, 2]);
  });

  it('runs 100,000 queued jobs', { timeout: 60_000 }, async () => {
    await using pool = new Pool({ maxWorkers: 2 });
    const echo = (x: number): number => x;
    const futures = Array.from({ length: 100_000 }, (__, index) => pool.submit(echo, index));
    const results = await Promise.all(futures);
    expect(results.every((value, index) => value === index)).toBe(true);
  });
});

describe('PoolFuture', () => {
  it('EXEC-018 rejects when it is not done, and throws CancelledError once cancelled', async () => {
    const future = new PoolFuture<number>();
    expect(() => future.result()).toThrow(InvalidStateError);
    expect(future.cancel()).toBe(true);
    expect(future.cancel()).toBe(true);
    expect(() => future.exception()).toThrow(CancelledError);
    await expect(future).rejects.toThrow(CancelledError);
  });

  it('EXEC-019 calls done callbacks at once in order, and goes on after one that throws', () => {
    const reported: unknown[] = [];
    const original = console.error;
    console.error = (text: unknown) => reported.push(text);
    try {
      const future = new PoolFuture<number>();
      const trace: string[] = [];
      future.addDoneCallback(() => trace.push('first'));
      future.addDoneCallback(() => {
        throw new Error('bad callback');
      });
      future.addDoneCallback(() => trace.push('third'));
      future._finish(1);
      trace.push('finished');
      future.addDoneCallback(() => trace.push('late'));
      expect(trace).toEqual(['first', 'third', 'finished', 'late']);
      expect(String(reported[0])).toContain('exception calling callback for');
    } finally {
      console.error = original;
    }
  });

  it('EXEC-020 refuses a second outcome', () => {
    const future = new PoolFuture<number>();
    future._finish(1);
    expect(() => future._finish(2)).toThrow(InvalidStateError);
    expect(() => future._fail(new Error('x'))).toThrow('FINISHED');
    expect(future.result()).toBe(1);
  });

  it('EXEC-022 times out in map, and cancels what has not started', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, abortGrace: 0 });
    const never = new Int32Array(new SharedArrayBuffer(4));
    const wait = (words: Int32Array, ms: number): string => Atomics.wait(words, 0, 0, ms);
    const results = pool.map(
      wait,
      [
        [never, never],
        [60_000, 60_000],
      ],
      { timeout: 0.05 },
    );
    await expect(results.next()).rejects.toThrow(TimeoutError);
    Atomics.notify(never, 0);
  });
});
