import { ValueError } from '@loop/core';
import {
  BrokenExecutor,
  BrokenProcessPool,
  moduleFunction,
  ProcessPoolExecutor,
  transfer,
} from '@loop/executor';
import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../test/error-of.ts';
import type * as jobs from '../test/fixtures/jobs.ts';

const whoAmI = moduleFunction<typeof jobs.whoAmI>(
  new URL('../test/fixtures/jobs.ts', import.meta.url),
  'whoAmI',
);

describe('ProcessPoolExecutor', () => {
  it('runs jobs in other processes', async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const { pid } = await pool.submit(whoAmI);
    expect(pid).not.toBe(process.pid);
  });

  it('EXEC-038 EXEC-039 breaks when a process is killed, and says how it died', async () => {
    const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const running = pool.submit(() => new Promise(() => process.kill(process.pid, 'SIGKILL')));
    const queued = pool.submit(() => 1);
    const error = await errorOf(running);
    expect(error).toBeInstanceOf(BrokenProcessPool);
    expect(error).toBeInstanceOf(BrokenExecutor);
    expect(error.message).toContain('was terminated abruptly');
    expect(error.message).toContain('was killed by SIGKILL');
    expect(await errorOf(queued)).toBeInstanceOf(BrokenProcessPool);
    expect(() => pool.submit(() => 1)).toThrow(BrokenProcessPool);
    await pool.shutdown();
  });

  it('EXEC-033 breaks when an initializer fails', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await using pool = new ProcessPoolExecutor({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('no initial');
      },
    });
    expect(await errorOf(pool.submit(() => 1))).toBeInstanceOf(BrokenProcessPool);
    log.mockRestore();
  });

  it('EXEC-040 replaces a process after maxTasksPerChild jobs', async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 1, maxTasksPerChild: 3 });
    const pids = [];
    for (let i = 0; i < 4; i += 1) pids.push((await pool.submit(whoAmI)).pid);
    expect(new Set(pids.slice(0, 3)).size).toBe(1);
    expect(pids[3]).not.toBe(pids[0]);
  });

  it('EXEC-040 refuses a maxTasksPerChild that is no positive integer', () => {
    expect(() => new ProcessPoolExecutor({ maxTasksPerChild: 0 })).toThrow(ValueError);
    expect(() => new ProcessPoolExecutor({ maxTasksPerChild: 1.5 })).toThrow(TypeError);
  });

  it('EXEC-041 counts jobs that a process was given as running', async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const given = pool.submit(() => 1);
    await Promise.resolve();
    expect([given.running(), given.cancel()]).toEqual([true, false]);
    expect(await given).toBe(1);
  });

  it('says that nothing can be transferred to a process', async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const bytes = new Uint8Array(4);
    const error = await errorOf(
      pool.submit((array: Uint8Array) => array.length, transfer(bytes, [bytes.buffer])),
    );
    expect(error.message).toContain('shares no memory');
    expect(await pool.submit((array: Uint8Array) => array.length, bytes)).toBe(4);
  });
});
