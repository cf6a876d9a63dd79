import { availableParallelism } from 'node:os';
import { CancelledError } from '@loop/core';
import {
  BrokenInterpreterPool,
  BrokenThreadPool,
  ExecutionFailed,
  InterpreterPoolExecutor,
  moduleFunction,
  NotShareableError,
  ThreadPoolExecutor,
  transfer,
  type Job,
} from '@loop/executor';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import type * as jobs from '../test/fixtures/jobs.mjs';
import { createGate, waitAtGate } from '../test/gate.ts';

const JOBS = new URL('../test/fixtures/jobs.mjs', import.meta.url);
const whoAmI = moduleFunction<typeof jobs.whoAmI>(JOBS, 'whoAmI');

describe('ThreadPoolExecutor', () => {
  let pool: ThreadPoolExecutor;

  beforeAll(() => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'worker' });
  });

  afterAll(() => pool.shutdown());

  it('EXEC-017 cancels a job that is queued, and not one that runs', async () => {
    const gate = createGate();
    const running = pool.submit(waitAtGate<string>, gate.words, 'ran');
    await gate.started(1);
    const queued = pool.submit(waitAtGate<string>, gate.words, 'never');
    expect([running.running(), running.cancel()]).toEqual([true, false]);
    expect([queued.running(), queued.cancel(), queued.cancelled()]).toEqual([false, true, true]);
    gate.open();
    expect(await running).toBe('ran');
    await pool.submit(() => 0);
    expect(gate.words[1]).toBe(1);
  });

  it('EXEC-022 gives up a map that is late, lets its running job go on, and drops the others', async () => {
    const gate = createGate();
    const gates = [gate.words, gate.words, gate.words];
    const results = pool.map(waitAtGate<number>, [gates, [1, 2, 3]], { timeout: 0 });
    await expect(results.next()).rejects.toThrow('a result was not there in time');
    expect((await results.next()).done).toBe(true);
    gate.open();
    await pool.submit(() => 0);
    expect(gate.words[1]).toBeLessThanOrEqual(1);
  });

  it('EXEC-025 cancels what has not started when it is shut down so', async () => {
    const ending = new ThreadPoolExecutor({ maxWorkers: 1 });
    const gate = createGate();
    const running = ending.submit(waitAtGate<string>, gate.words, 'ran');
    await gate.started(1);
    const queued = [1, 2, 3].map(() => ending.submit(waitAtGate<string>, gate.words, 'never'));
    const ended = ending.shutdown({ cancelFutures: true });
    expect(queued.map((future) => future.cancelled())).toEqual([true, true, true]);
    gate.open();
    await ended;
    expect([running.result(), gate.words[1], ending.threads]).toEqual(['ran', 1, 0]);
  });

  it('EXEC-029 has min(32, cpus + 4) threads at most by default', async () => {
    await using many = new ThreadPoolExecutor();
    const gate = createGate();
    const most = Math.min(32, availableParallelism() + 4);
    const futures = Array.from({ length: most + 3 }, () =>
      many.submit(waitAtGate<number>, gate.words, 1),
    );
    await gate.started(most);
    expect(many.threads).toBe(most);
    gate.open();
    await Promise.all(futures);
  });

  it('EXEC-030 starts threads on demand and uses an idle one again', async () => {
    await using lazy = new ThreadPoolExecutor({ maxWorkers: 4 });
    expect(lazy.threads).toBe(0);
    for (let i = 0; i < 3; i += 1) await lazy.submit(() => 0);
    expect(lazy.threads).toBe(1);
  });

  it('EXEC-031 names its threads', async () => {
    const name = function (this: Job): string {
      return this.workerName;
    };
    expect(await pool.submit(name)).toBe('worker_0');
    await using first = new ThreadPoolExecutor({ maxWorkers: 1 });
    await using second = new ThreadPoolExecutor({ maxWorkers: 1 });
    const names = await Promise.all([first.submit(name), second.submit(name)]);
    const [, number] = /^ThreadPoolExecutor-(\d+)_0$/.exec(names[0]) ?? [];
    expect(names[1]).toBe(`ThreadPoolExecutor-${Number(number) + 1}_0`);
  });

  it.each([
    ['ThreadPoolExecutor', ThreadPoolExecutor, BrokenThreadPool],
    ['InterpreterPoolExecutor', InterpreterPoolExecutor, BrokenInterpreterPool],
  ] as const)('EXEC-033 EXEC-043 says which kind of pool broke (%s)', async (_, Pool, Broken) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await using broken = new Pool({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('no initial');
      },
    });
    const error = await errorOf(broken.submit(() => 1));
    expect(error).toBeInstanceOf(Broken);
    expect(error.message).toBe(
      'A thread initializer failed, the thread pool is not usable anymore',
    );
    expect(() => broken.submit(() => 1)).toThrow(Broken);
    log.mockRestore();
  });

  it('breaks when a thread dies by an error outside of its jobs, and says which', async () => {
    await using breaking = new ThreadPoolExecutor({ maxWorkers: 2 });
    const dies = breaking.submit(
      () =>
        new Promise<void>(() => {
          setImmediate(() => {
            throw new RangeError('outside of the job');
          });
        }),
    );
    const error = await errorOf(dies);
    expect(error).toBeInstanceOf(BrokenThreadPool);
    expect(error.message).toContain('worker 0 died: RangeError: outside of the job');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(() => breaking.submit(() => 1)).toThrow(
      'A thread terminated abruptly, the thread pool is not usable anymore: worker 0 died',
    );
  });

  it('breaks when a thread rejects and nobody listens, and when it exits by itself', async () => {
    await using rejecting = new ThreadPoolExecutor({ maxWorkers: 1 });
    const rejects = rejecting.submit(() => {
      void Promise.reject(new TypeError('nobody listens'));
      return new Promise<void>(() => {});
    });
    expect((await errorOf(rejects)).message).toContain('died: TypeError: nobody listens');
    await using exiting = new ThreadPoolExecutor({ maxWorkers: 1 });
    const exits = exiting.submit(() => {
      (process as unknown as { reallyExit(code: number): void }).reallyExit(3);
    });
    expect((await errorOf(exits)).message).toContain('worker 0 exited with code 3');
  });

  it('breaks when a thread has not enough memory, which the program survives', async () => {
    await using small = new ThreadPoolExecutor({
      maxWorkers: 1,
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    const hungry = small.submit(() => {
      const all: unknown[] = [];
      for (;;) all.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
    });
    const error = await errorOf(hungry);
    expect(error).toBeInstanceOf(BrokenThreadPool);
    expect(error.message).toContain('memory limit');
    expect(error.cause).toMatchObject({ code: 'ERR_WORKER_OUT_OF_MEMORY' });
  });

  it('moves what is marked, shares shared memory, and copies the rest', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const sum = (array: Uint8Array): number => array.reduce((a, b) => a + b, 0);
    expect([await pool.submit(sum, bytes), bytes.length]).toEqual([6, 3]);
    expect(await pool.submit(sum, transfer(bytes, [bytes.buffer]))).toBe(6);
    expect(bytes.length).toBe(0);
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await pool.submit((array: Int32Array) => {
      array[0] = 9;
    }, shared);
    expect(shared[0]).toBe(9);
  });

  it('moves what of a result is marked, and nothing where the job fails', async () => {
    const make = function (this: Job, size: number, fail: boolean): Uint8Array {
      const result = new Uint8Array(size);
      (globalThis as { made?: Uint8Array }).made = result;
      this.transfer(result, [result.buffer]);
      if (fail) throw new Error('not after all');
      return result;
    };
    const kept = (): number | undefined => (globalThis as { made?: Uint8Array }).made?.length;
    expect((await pool.submit(make, 5, false)).length).toBe(5);
    expect(await pool.submit(kept)).toBe(0);
    await expect(pool.submit(make, 5, true)).rejects.toThrow('not after all');
    expect(await pool.submit(kept)).toBe(5);
  });

  it('aborts the signal of a running job', async () => {
    const gate = createGate();
    const job = pool.submit(async function (this: Job, words: Int32Array) {
      const { signal } = this;
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
      await aborted;
      return 'stopped';
    }, gate.words);
    await gate.started(1);
    expect(job.abort()).toBe(true);
    expect(await job).toBe('stopped');
  });

  it('shows the abortion to a job that never awaits, when it asks', async () => {
    const gate = createGate();
    const job = pool.submit(function (this: Job, words: Int32Array) {
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
      for (;;) this.signal.throwIfAborted();
    }, gate.words);
    await gate.started(1);
    job.abort();
    expect(await errorOf(job)).toMatchObject({ name: 'AbortError' });
    // And to no other.
    const after = pool.submit(function (this: Job) {
      return this.signal.aborted;
    });
    expect(await after).toBe(false);
  });

  it('ends the thread of a job that does not stop within the grace, and runs the others', async () => {
    await using strict = new ThreadPoolExecutor({ maxWorkers: 1, abortGrace: 0 });
    const gate = createGate();
    const stuck = strict.submit(waitAtGate<string>, gate.words, 'never');
    await gate.started(1);
    const next = strict.submit(() => 'next');
    stuck.abort();
    await expect(stuck).rejects.toThrow(CancelledError);
    expect([await next, strict.threads]).toEqual(['next', 1]);
  });

  it('gives what one thread has not started to another that is idle', async () => {
    await using two = new ThreadPoolExecutor({ maxWorkers: 2 });
    const gate = createGate();
    const echo = (words: Int32Array | null, value: number): number => {
      if (words !== null) {
        Atomics.add(words, 1, 1);
        Atomics.notify(words, 1);
        Atomics.wait(words, 0, 0);
      }
      return value;
    };
    // The pool has learnt that it is quick, and then it is not.
    for (let i = 0; i < 50; i += 1) await two.submit(echo, null, i);
    const stuck = two.submit(echo, gate.words, -1);
    const others = Array.from({ length: 40 }, (_, index) => two.submit(echo, null, index));
    await Promise.all(others);
    expect(stuck.done()).toBe(false);
    gate.open();
    expect(await stuck).toBe(-1);
  });

  it('gives each outcome at once, though the next job of the batch goes on', async () => {
    const gate = createGate();
    const wait = (words: Int32Array | null): string => {
      if (words !== null) Atomics.wait(words, 0, 0);
      return 'done';
    };
    for (let i = 0; i < 50; i += 1) await pool.submit(wait, null);
    const [first, second] = [pool.submit(wait, null), pool.submit(wait, gate.words)];
    expect(await first).toBe('done');
    expect(second.done()).toBe(false);
    gate.open();
    expect(await second).toBe('done');
  });

  it('ends though what a job left behind would keep a thread busy for ever', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const busy = new ThreadPoolExecutor({ maxWorkers: 1 });
    const gate = createGate();
    await busy.submit((words: Int32Array) => {
      setImmediate(() => {
        Atomics.add(words, 1, 1);
        Atomics.notify(words, 1);
        Atomics.wait(words, 0, 0);
      });
    }, gate.words);
    await gate.started(1);
    timers.mockClear();
    const ended = busy.shutdown();
    // The thread does not answer; the pool's patience is over at once here, and after 5 s otherwise.
    const [[impatient]] = timers.mock.calls as unknown as [[() => void]];
    impatient();
    await ended;
    timers.mockRestore();
    expect(busy.threads).toBe(0);
  });
});

describe('InterpreterPoolExecutor', () => {
  it('EXEC-042 gives each worker modules of its own', async () => {
    await using pool = new InterpreterPoolExecutor({ maxWorkers: 1 });
    expect(pool).toBeInstanceOf(ThreadPoolExecutor);
    const who = await pool.submit(whoAmI);
    expect(who.pid).toBe(process.pid);
    expect(who.threadId).not.toBe(0);
    const count = moduleFunction<typeof jobs.countCalls>(JOBS, 'countCalls');
    expect(await pool.submit(count)).toBe(1);
    await using other = new InterpreterPoolExecutor({ maxWorkers: 1 });
    expect([await pool.submit(count), await other.submit(count)]).toEqual([2, 1]);
  });

  it('EXEC-043 cannot share closures, and says that an error happened in the interpreter', async () => {
    await using pool = new InterpreterPoolExecutor({ maxWorkers: 1 });
    const outer = 1;
    await expect(pool.submit(() => outer)).rejects.toThrow(NotShareableError);
    const error = await errorOf(
      pool.submit(() => {
        throw new RangeError('inside');
      }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('inside');
    expect(error.cause).toBeInstanceOf(ExecutionFailed);
  });
});
