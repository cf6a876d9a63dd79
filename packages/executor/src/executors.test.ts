import { fileURLToPath } from 'node:url';
import { RuntimeError, ValueError } from '@loop/core';
import {
  BrokenExecutor,
  type Executor,
  InterpreterPoolExecutor,
  moduleFunction,
  type PoolFuture,
  type PoolOptions,
  ProcessPoolExecutor,
  registerErrorClass,
  RemoteTraceback,
  ThreadPoolExecutor,
} from '@loop/executor';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import type * as cjsJobs from '../test/fixtures/jobs.cjs';
import { countCalls, OddNumber } from '../test/fixtures/jobs.mjs';
import type * as jobs from '../test/fixtures/jobs.mjs';

const JOBS = new URL('../test/fixtures/jobs.mjs', import.meta.url);
const CJS_JOBS = new URL('../test/fixtures/jobs.cjs', import.meta.url);

const pools: Array<[string, new (options: PoolOptions) => Executor]> = [
  ['ThreadPoolExecutor', ThreadPoolExecutor],
  ['InterpreterPoolExecutor', InterpreterPoolExecutor],
  ['ProcessPoolExecutor', ProcessPoolExecutor],
];

describe.each(pools)('%s', (_, Pool) => {
  let pool: Executor;

  beforeAll(() => {
    pool = new Pool({ maxWorkers: 1 });
  });

  afterAll(async () => {
    // Nothing that the tests do breaks it.
    await pool.submit(() => 'usable');
    await pool.shutdown();
  });

  it('EXEC-005 EXEC-017 runs a function, and gives what it returns', async () => {
    const future = pool.submit((a: number, b: number) => a * b, 6, 7);
    expect(future.done()).toBe(false);
    expect(await future).toBe(42);
    expect([future.done(), future.running(), future.cancelled()]).toEqual([true, false, false]);
    expect([future.result(), future.exception()]).toEqual([42, null]);
    expect(await pool.submit(async (x: number) => (await Promise.resolve(x)) + 1, 1)).toBe(2);
  });

  it('EXEC-021 maps over iterables in input order, up to the shortest', async () => {
    const results: number[] = [];
    const tens = [10, 20, 30, 40];
    for await (const each of pool.map((a: number, b: number) => a + b, [[1, 2, 3], tens])) {
      results.push(each);
    }
    expect(results).toEqual([11, 22, 33]);
  });

  it('EXEC-021 throws an error of map in its place', async () => {
    const divide = (x: number): number => {
      if (x === 0) throw new RangeError('zero');
      return 10 / x;
    };
    const results = pool.map(divide, [[5, 2, 0, 1]]);
    expect([(await results.next()).value, (await results.next()).value]).toEqual([2, 5]);
    await expect(results.next()).rejects.toThrow(RangeError);
    expect((await results.next()).done).toBe(true);
  });

  it('EXEC-023 takes a chunksize that changes no result', async () => {
    const results: number[] = [];
    for await (const each of pool.map((x: number) => x + 1, [[1, 2, 3]], { chunksize: 2 }))
      results.push(each);
    expect(results).toEqual([2, 3, 4]);
    expect(() => pool.map((x: number) => x, [[1]], { chunksize: 0 })).toThrow(ValueError);
  });

  it('EXEC-024 EXEC-027 finishes queued jobs when its scope ends, and takes no more', async () => {
    let futures: PoolFuture<number>[];
    let ended: Executor;
    {
      await using scoped = new Pool({ maxWorkers: 1 });
      ended = scoped;
      futures = [1, 2, 3].map((x) => scoped.submit((y: number) => y * 2, x));
    }
    expect(futures.map((future) => future.result())).toEqual([2, 4, 6]);
    expect(() => ended.submit(() => 1)).toThrow(RuntimeError);
    expect(() => ended.submit(() => 1)).toThrow('cannot schedule new futures after shutdown');
    await ended.shutdown();
  });

  it('EXEC-024 returns at once with wait false, and queued jobs still run', async () => {
    const ending = new Pool({ maxWorkers: 1 });
    const futures = [1, 2].map((x) => ending.submit((y: number) => y * 2, x));
    await ending.shutdown({ wait: false });
    expect(futures.map((future) => future.done())).toEqual([false, false]);
    expect(await Promise.all(futures)).toEqual([2, 4]);
  });

  it('EXEC-026 does not hang when a job was cancelled just before', async () => {
    const ending = new Pool({ maxWorkers: 1 });
    const cancelled = ending.submit(() => 1).cancel();
    await ending.shutdown();
    expect(cancelled).toBe(true);
  });

  it.each([0, -1])('EXEC-029 refuses maxWorkers %s', (maxWorkers) => {
    expect(() => new Pool({ maxWorkers })).toThrow(ValueError);
    expect(() => new Pool({ maxWorkers })).toThrow('maxWorkers must be greater than 0');
  });

  it('refuses options of the wrong type', () => {
    expect(() => new Pool({ maxWorkers: 1.5 })).toThrow('Expected maxWorkers to be an integer');
    expect(() => new Pool({ abortGrace: -1 })).toThrow('abortGrace to be 0 or more seconds');
    expect(() => new Pool({ initargs: 5 as never })).toThrow('initargs to be an array, got 5');
  });

  it('EXEC-032 runs the initializer once in each worker before its first job', async () => {
    await using prepared = new Pool({
      maxWorkers: 1,
      initializer: async (value: unknown) => {
        await Promise.resolve();
        const global = globalThis as { prepared?: unknown[] };
        global.prepared = [...(global.prepared ?? []), value];
      },
      initargs: ['ready'],
    });
    const read = (): unknown => (globalThis as { prepared?: unknown }).prepared;
    expect(await Promise.all([prepared.submit(read), prepared.submit(read)])).toEqual([
      ['ready'],
      ['ready'],
    ]);
  });

  it('EXEC-032 refuses an initializer that cannot be called', () => {
    expect(() => new Pool({ initializer: 5 as never })).toThrow(TypeError);
    expect(() => new Pool({ initializer: 5 as never })).toThrow(
      'initializer must be a callable, got 5',
    );
  });

  it('EXEC-033 breaks when an initializer fails, or its arguments cannot be sent', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await using failing = new Pool({
      maxWorkers: 2,
      initializer: () => {
        throw new TypeError('no initial');
      },
    });
    const futures = [1, 2, 3].map((x) => failing.submit((y: number) => y, x));
    for (const future of futures) {
      const error = await errorOf(future);
      expect(error).toBeInstanceOf(BrokenExecutor);
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error.message).toMatch(
        /^A \w+ initializer failed, the \w+ pool is not usable anymore/,
      );
      expect(error.cause).toMatchObject({ name: 'TypeError', message: 'no initial' });
    }
    expect(() => failing.submit(() => 1)).toThrow(BrokenExecutor);
    expect(log).toHaveBeenCalledExactlyOnceWith('Exception in initializer:', expect.anything());
    log.mockRestore();
    await using unsendable = new Pool({ initializer: (x) => void x, initargs: [() => 1] });
    expect(String(await errorOf(unsendable.submit(() => 1)))).toMatch(/(could|can) not be cloned/);
  });

  it('EXEC-034 loads the modules that jobs name, once, and not the main program', async () => {
    const count = moduleFunction<typeof jobs.countCalls>(JOBS, 'countCalls');
    for (let i = 0; i < 5; i += 1) countCalls();
    expect([await pool.submit(count), await pool.submit(count)]).toEqual([1, 2]);
    const started = await pool.submit(() => process.argv[1] ?? '');
    expect(started).toMatch(/worker.(?:worker|process)-entry\.js$/);
  });

  it('finds functions by URL and by path, of ES modules and of CommonJS', async () => {
    expect(await pool.submit(moduleFunction(fileURLToPath(JOBS), 'refuseOdd'), 2)).toBe(2);
    const double = moduleFunction<typeof cjsJobs.double>(CJS_JOBS.href, 'double');
    expect(await pool.submit(double, 4)).toBe(8);
    expect(await pool.submit(moduleFunction(CJS_JOBS, 'half'), 4)).toBe(2);
  });

  it('says what a module exports when it has no such function, and that there is no such module', async () => {
    const missing = await errorOf(pool.submit(moduleFunction(CJS_JOBS, 'missing')));
    expect(missing.message).toContain('exports no function missing; it exports ');
    const absent = moduleFunction(new URL('absent.mjs', JOBS), 'any');
    expect(await errorOf(pool.submit(absent))).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
    expect(await errorOf(pool.submit(absent))).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
  });

  it('EXEC-035 copies arguments and results', async () => {
    const list = [1];
    const push = (items: number[]): number[] => {
      items.push(2);
      return items;
    };
    const result = await pool.submit(push, list);
    expect([list, result]).toEqual([[1], [1, 2]]);
    const parts = [new Map([[1, new Date(0)]]), new Set(['a']), 5n, new Uint8Array([1])] as const;
    expect(await pool.submit((...args: unknown[]) => args, ...parts)).toEqual(parts);
  });

  it('EXEC-035 fails the one job whose argument or result cannot be cloned', async () => {
    const type = (x: unknown): string => typeof x;
    const futures = [pool.submit(type, () => {}), pool.submit(type, 1)];
    const results = [pool.submit(() => () => {}), pool.submit(() => 2)];
    expect(String(await errorOf(futures[0] as PoolFuture<string>))).toContain('not be cloned');
    expect(String(await errorOf(results[0] as PoolFuture<unknown>))).toContain('not be cloned');
    expect([await futures[1], await results[1]]).toEqual(['number', 2]);
  });

  it('EXEC-035 says what of an argument or a result cannot be cloned, and whose it is', async () => {
    const render = (options: unknown): string => typeof options;
    const options = { size: 1, parts: [{ onProgress: () => {} }] };
    const argument = await errorOf(pool.submit(render, options));
    expect([argument.name, argument.message]).toEqual([
      'DataCloneError',
      'an argument of job render could not be cloned: args[0].parts[0].onProgress, a function (onProgress)',
    ]);
    const result = await errorOf(pool.submit(() => new Map([['key', Symbol('x')]])));
    expect([result.name, result.message]).toEqual([
      'DataCloneError',
      'the result of a job could not be cloned: result.get("key"), a symbol',
    ]);
  });

  it('EXEC-036 gives errors with class, message, properties and the stack of the worker', async () => {
    const error = await errorOf(
      pool.submit(function fails() {
        throw Object.assign(new RangeError('too far'), { distance: 7, odd: () => 1 });
      }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'too far', distance: 7, odd: '() => 1' });
    expect(error.stack).toContain('fails');
    let root: unknown = error;
    while (root instanceof Error && root.cause !== undefined) root = root.cause;
    expect(root).toBeInstanceOf(RemoteTraceback);
    expect((root as Error).message).toContain(error.stack);
  });

  it('keeps causes, members of aggregates, and values that are no errors', async () => {
    await expect(pool.submit(() => Promise.reject('just text'))).rejects.toBe('just text');
    const several = await errorOf(
      pool.submit(() => {
        throw new AggregateError([new TypeError('one'), 'two'], 'both');
      }),
    );
    expect(several).toBeInstanceOf(AggregateError);
    expect((several as AggregateError).errors).toEqual([expect.any(TypeError), 'two']);
    const circular = await errorOf(
      pool.submit(() => {
        const outer = new TypeError('outer', { cause: new RangeError('inner') });
        (outer.cause as Error).cause = outer;
        throw outer;
      }),
    );
    // An interpreter pool puts one of its own between.
    const causes: unknown[] = [];
    for (let each: unknown = circular; each instanceof Error; each = each.cause) causes.push(each);
    expect(causes).toContainEqual(expect.any(RangeError));
    const aborted = await errorOf(pool.submit(() => AbortSignal.abort().throwIfAborted()));
    expect([aborted.name, aborted instanceof DOMException]).toEqual(['AbortError', true]);
  });

  it('makes errors of classes that were made known, and names those that were not', async () => {
    const refuseOdd = moduleFunction<typeof jobs.refuseOdd>(JOBS, 'refuseOdd');
    const refuseStrange = moduleFunction<typeof jobs.refuseStrange>(JOBS, 'refuseStrange');
    const unknown = await errorOf(pool.submit(refuseStrange));
    expect([unknown.constructor, unknown.name, unknown.message]).toEqual([
      Error,
      'Strange',
      'too strange',
    ]);
    registerErrorClass(OddNumber);
    const known = await errorOf(pool.submit(refuseOdd, 3));
    expect(known).toBeInstanceOf(OddNumber);
    expect(known).toMatchObject({ number: 3, message: '3 is odd', name: 'Error' });
    expect(() => registerErrorClass(Date as never)).toThrow('a subclass of Error, got');
  });

  it('EXEC-009 EXEC-037 takes process.exit() in a job as the end of the job', async () => {
    const error = await errorOf(pool.submit(() => process.exit(3)));
    expect(error).toMatchObject({ name: 'SystemExit', code: 3 });
    expect(await pool.submit(() => 'still here')).toBe('still here');
  });
});

describe.each([ThreadPoolExecutor, ProcessPoolExecutor])('%o', (Pool) => {
  it('runs 100,000 queued jobs', async () => {
    await using pool = new Pool({ maxWorkers: 2 });
    const echo = (x: number): number => x;
    const futures = Array.from({ length: 100_000 }, (__, index) => pool.submit(echo, index));
    const results = await Promise.all(futures);
    expect(results.every((value, index) => value === index)).toBe(true);
  });
});
