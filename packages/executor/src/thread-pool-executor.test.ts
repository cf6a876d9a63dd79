import { CancelledError } from '@loop/core';
import {
  BrokenExecutor,
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
import { availableParallelism } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import type * as jobs from '../test/fixtures/jobs.ts';
import { errorOf } from '../test/error-of.ts';
import { createGate, waitAtGate } from '../test/gate.ts';

const JOBS = new URL('../test/fixtures/jobs.ts', import.meta.url);
const whoAmI = moduleFunction<typeof jobs.whoAmI>(JOBS, 'whoAmI');

describe('ThreadPoolExecutor', () => {
  it('EXEC-017 cancels a job that is queued, and not one that runs', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
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

  it('EXEC-025 cancels what has not started when it is shut down so', async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const gate = createGate();
    const running = pool.submit(waitAtGate<string>, gate.words, 'ran');
    await gate.started(1);
    const queued = [1, 2, 3].map(() => pool.submit(waitAtGate<string>, gate.words, 'never'));
    const ended = pool.shutdown({ cancelFutures: true });
    expect(queued.map((future) => future.cancelled())).toEqual([true, true, true]);
    gate.open();
    await ended;
    expect(running.result()).toBe('ran');
  });

  it('EXEC-029 has min(32, cpus + 4) threads at most by default', async () => {
    await using pool = new ThreadPoolExecutor();
    const gate = createGate();
    const most = Math.min(32, availableParallelism() + 4);
    const futures = Array.from({ length: most + 3 }, () =>
      pool.submit(waitAtGate<number>, gate.words, 1),
    );
    await gate.started(most);
    expect(pool.threads).toBe(most);
    gate.open();
    await Promise.all(futures);
  });

  it('EXEC-030 starts threads on demand and uses an idle one again', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 4 });
    expect(pool.threads).toBe(0);
    for (let i = 0; i < 3; i += 1) await pool.submit(() => 0);
    expect(pool.threads).toBe(1);
  });

  it('EXEC-031 names its threads', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: 'worker' });
    const name = pool.submit(function (this: Job) {
      return this.workerName;
    });
    expect(await name).toBe('worker_0');
  });

  it.each([
    ['ThreadPoolExecutor', ThreadPoolExecutor, BrokenThreadPool],
    ['InterpreterPoolExecutor', InterpreterPoolExecutor, BrokenInterpreterPool],
  ] as const)('EXEC-033 breaks when an initializer fails (%s)', async (_, Pool, Broken) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await using pool = new Pool({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('no initial');
      },
    });
    const error = await errorOf(pool.submit(() => 1));
    expect(error).toBeInstanceOf(Broken);
    expect(error).toBeInstanceOf(BrokenExecutor);
    expect((error.cause as Error).message).toBe('no initial');
    expect(() => pool.submit(() => 1)).toThrow(Broken);
    expect(log).toHaveBeenCalledWith('Exception in initializer:', expect.anything());
    log.mockRestore();
  });

  it('breaks with the reason when a thread dies', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const dies = pool.submit(
      () =>
        new Promise<void>(() => {
          setImmediate(() => {
            throw new Error('outside of the job');
          });
        }),
    );
    const error = await errorOf(dies);
    expect(error).toBeInstanceOf(BrokenThreadPool);
    expect(error.message).toContain('worker 0 died: Error: outside of the job');
    expect(() => pool.submit(() => 1)).toThrow(BrokenThreadPool);
  });

  it('moves what is marked, shares shared memory, and copies the rest', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const bytes = new Uint8Array([1, 2, 3]);
    const sum = (array: Uint8Array): number => array.reduce((a, b) => a + b, 0);
    expect(await pool.submit(sum, bytes)).toBe(6);
    expect(bytes.length).toBe(3);
    expect(await pool.submit(sum, transfer(bytes, [bytes.buffer]))).toBe(6);
    expect(bytes.length).toBe(0);
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await pool.submit((array: Int32Array) => {
      array[0] = 9;
    }, shared);
    expect(shared[0]).toBe(9);
    const made = await pool.submit(function (this: Job, size: number) {
      const result = new Uint8Array(size);
      return this.transfer(result, [result.buffer]);
    }, 5);
    expect(made.length).toBe(5);
  });

  it('aborts the signal of a running job', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
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

  it('ends the thread of a job that does not stop within the grace, and runs the others', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, abortGrace: 0.01 });
    const gate = createGate();
    const stuck = pool.submit(waitAtGate<string>, gate.words, 'never');
    await gate.started(1);
    const next = pool.submit(() => 'next');
    stuck.abort();
    await expect(stuck).rejects.toThrow(CancelledError);
    expect(await next).toBe('next');
  });

  it('gives what one thread has not started to another that is idle', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const quick = Array.from({ length: 200 }, (_, index) => pool.submit((x: number) => x, index));
    await Promise.all(quick);
    const gate = createGate();
    const stuck = pool.submit(waitAtGate<string>, gate.words, 'late');
    const others = Array.from({ length: 50 }, (_, index) => pool.submit((x: number) => x, index));
    await Promise.all(others);
    expect(stuck.done()).toBe(false);
    gate.open();
    expect(await stuck).toBe('late');
  });
});

describe('InterpreterPoolExecutor', () => {
  it('EXEC-042 gives each worker modules of its own', async () => {
    await using pool = new InterpreterPoolExecutor({ maxWorkers: 1 });
    expect(pool).toBeInstanceOf(ThreadPoolExecutor);
    const who = await pool.submit(whoAmI);
    expect(who.pid).toBe(process.pid);
    const count = moduleFunction<typeof jobs.countCalls>(JOBS, 'countCalls');
    expect(await pool.submit(count)).toBe(1);
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
    expect(error.cause).toBeInstanceOf(ExecutionFailed);
  });
});
