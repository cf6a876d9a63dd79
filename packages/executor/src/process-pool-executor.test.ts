import { availableParallelism } from 'node:os';
import { CancelledError, ValueError } from '@loop/core';
import {
  BrokenExecutor,
  BrokenProcessPool,
  moduleFunction,
  ProcessPoolExecutor,
  transfer,
  type Job,
} from '@loop/executor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import type * as jobs from '../test/fixtures/jobs.mjs';

const JOBS = new URL('../test/fixtures/jobs.mjs', import.meta.url);
const whoAmI = moduleFunction<typeof jobs.whoAmI>(JOBS, 'whoAmI');

describe('ProcessPoolExecutor', () => {
  let pool: ProcessPoolExecutor;

  beforeAll(() => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  });

  afterAll(() => pool.shutdown());

  it('runs jobs in other processes, which it starts on demand', async () => {
    await using lazy = new ProcessPoolExecutor({ maxWorkers: 2 });
    expect(lazy.processes).toBe(0);
    const first = await lazy.submit(whoAmI);
    const second = await lazy.submit(whoAmI);
    expect([first.pid === process.pid, first.pid === second.pid]).toEqual([false, true]);
    expect(lazy.processes).toBe(1);
  });

  it('EXEC-029 has as many processes as processors at most by default, and 61 on Windows', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    try {
      Object.defineProperty(process, 'platform', { value: 'win32' });
      expect(() => new ProcessPoolExecutor({ maxWorkers: 62 })).toThrow(ValueError);
      expect(() => new ProcessPoolExecutor({ maxWorkers: 62 })).toThrow('maxWorkers must be <= 61');
      expect(new ProcessPoolExecutor({ maxWorkers: 61 }).processes).toBe(0);
    } finally {
      Object.defineProperty(process, 'platform', platform as PropertyDescriptor);
    }
    await using byDefault = new ProcessPoolExecutor();
    const most = availableParallelism();
    const futures = Array.from({ length: most + 1 }, () => byDefault.submit(whoAmI));
    await Promise.resolve();
    expect(byDefault.processes).toBe(most);
    await Promise.all(futures);
  });

  it('EXEC-038 EXEC-039 breaks when a process is killed, and says how it died', async () => {
    const dying = new ProcessPoolExecutor({ maxWorkers: 1 });
    const running = dying.submit(() => new Promise(() => process.kill(process.pid, 'SIGKILL')));
    const queued = dying.submit(() => 1);
    const error = await errorOf(running);
    expect(error).toBeInstanceOf(BrokenProcessPool);
    expect(error).toBeInstanceOf(BrokenExecutor);
    expect(error.message).toBe(
      'A process in the process pool was terminated abruptly while the future was running or pending: worker 0 was killed by SIGKILL',
    );
    expect(await errorOf(queued)).toBeInstanceOf(BrokenProcessPool);
    expect(() => dying.submit(() => 1)).toThrow(BrokenProcessPool);
    expect(() => dying.submit(() => 1)).toThrow(
      'A child process terminated abruptly, the process pool is not usable anymore',
    );
    await dying.shutdown();
  });

  it('EXEC-038 breaks when a process exits on its own, and ends the others', async () => {
    const dying = new ProcessPoolExecutor({ maxWorkers: 2 });
    const endless = dying.submit(() => new Promise<void>(() => {}));
    const exits = dying.submit(() =>
      (process as unknown as { reallyExit(code: number): void }).reallyExit(7),
    );
    expect((await errorOf(exits)).message).toContain('worker 1 exited with code 7');
    expect(await errorOf(endless)).toBeInstanceOf(BrokenProcessPool);
    await dying.shutdown();
    expect(dying.processes).toBe(0);
  });

  it('EXEC-039 does not hang when a process dies during shutdown', async () => {
    const dying = new ProcessPoolExecutor({ maxWorkers: 1 });
    const future = dying.submit(() => process.kill(process.pid, 'SIGKILL'));
    await dying.shutdown();
    expect(future.exception()).toBeInstanceOf(BrokenProcessPool);
  });

  it('EXEC-040 replaces a process after maxTasksPerChild jobs', async () => {
    await using replacing = new ProcessPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 3 });
    const futures = Array.from({ length: 4 }, () => replacing.submit(whoAmI));
    const pids = (await Promise.all(futures)).map(({ pid }) => pid);
    expect(new Set(pids.slice(0, 3)).size).toBe(1);
    expect(pids[3]).not.toBe(pids[0]);
  });

  it('EXEC-040 refuses a maxTasksPerChild that is no positive integer', () => {
    expect(() => new ProcessPoolExecutor({ maxTasksPerChild: 0 })).toThrow(ValueError);
    expect(() => new ProcessPoolExecutor({ maxTasksPerChild: 0 })).toThrow(
      'maxTasksPerChild must be >= 1',
    );
    expect(() => new ProcessPoolExecutor({ maxTasksPerChild: 1.5 })).toThrow(TypeError);
  });

  it('EXEC-041 counts jobs that a process was given as running', async () => {
    const given = pool.submit(() => 1);
    expect(given.running()).toBe(false);
    await Promise.resolve();
    expect([given.running(), given.cancel()]).toEqual([true, false]);
    expect(await given).toBe(1);
  });

  it('drops a job that was aborted before its turn, and aborts the signal of one that runs', async () => {
    const wait = function (this: Job, x: number): unknown {
      if (x === 0) return 'quick';
      const { signal } = this;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted')));
    };
    for (let i = 0; i < 50; i += 1) await pool.submit(wait, 0);
    const [running, waiting] = [pool.submit(wait, 1), pool.submit(wait, 2)];
    await Promise.resolve();
    expect([waiting.running(), waiting.cancel(), waiting.abort()]).toEqual([true, false, true]);
    running.abort();
    expect(await running).toBe('aborted');
    await expect(waiting).rejects.toThrow(CancelledError);
  });

  it('ends the process of a job that does not stop within the grace', async () => {
    await using strict = new ProcessPoolExecutor({ maxWorkers: 1, abortGrace: 0 });
    const [stuck, next] = [strict.submit(() => new Promise(() => {})), strict.submit(() => 'next')];
    await Promise.resolve();
    stuck.abort();
    await expect(stuck).rejects.toThrow(CancelledError);
    expect(await next).toBe('next');
  });

  it('says that nothing can be transferred to a process, and that no memory is shared', async () => {
    const bytes = new Uint8Array(4);
    const length = (array: Uint8Array): number => array.length;
    const moved = await errorOf(pool.submit(length, transfer(bytes, [bytes.buffer])));
    expect(moved.message).toContain('shares no memory');
    const shareable = new SharedArrayBuffer(4);
    const shared = pool.submit((buffer: SharedArrayBuffer) => buffer, shareable);
    expect((await errorOf(shared)).message).toContain('not be cloned');
    const view = { list: [new Map([['x', new Int32Array(new SharedArrayBuffer(4))]])] };
    const hidden = await errorOf(pool.submit((value: unknown) => value, view));
    expect(hidden).toBeInstanceOf(TypeError);
    expect(hidden.message).toBe(
      'args[0].list[0].get("x"), shared memory, could not be cloned: another process does not see it. Use threads (also for what loop.share() gives), or pass a copy',
    );
    expect(() => new ProcessPoolExecutor({ initargs: [new Int8Array(shareable)] })).toThrow(
      'initargs[0], shared memory, could not be cloned',
    );
    const back = await errorOf(pool.submit(() => [new Uint8Array(new SharedArrayBuffer(4))]));
    expect(back.message).toContain('result[0], shared memory, could not be cloned');
    expect(await pool.submit(length, bytes)).toBe(4);
  });

  it('copies 10 MB there and back', async () => {
    const bytes = new Uint8Array(10 * 1024 * 1024).fill(7);
    const copy = await pool.submit((array: Uint8Array) => array.map((each) => each + 1), bytes);
    expect([copy.length, copy.every((each) => each === 8)]).toEqual([bytes.length, true]);
  });
});
