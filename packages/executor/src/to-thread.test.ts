import { ContextVar, getRunningLoop, run, ValueError } from '@loop/core';
import { moduleFunction, ThreadPoolExecutor, toThread, travelling, type Job } from '@loop/executor';
import { describe, expect, it } from 'vitest';
import type * as jobs from '../test/fixtures/jobs.ts';
import { requestId } from '../test/fixtures/request-id.ts';

const readRequestId = moduleFunction<typeof jobs.readRequestId>(
  new URL('../test/fixtures/jobs.ts', import.meta.url),
  'readRequestId',
);

describe('toThread', () => {
  it('EXEC-044 runs the function once, in the default executor, and gives its outcome', async () => {
    await run(async () => {
      const counts = new Int32Array(new SharedArrayBuffer(4));
      const count = (words: Int32Array, by: number): number => Atomics.add(words, 0, by);
      expect(await toThread(count, counts, 5)).toBe(0);
      expect(counts[0]).toBe(5);
      const name = toThread(function (this: Job) {
        return this.workerName;
      });
      expect(await name).toMatch(/^asyncio_\d+$/);
      await expect(
        toThread(() => {
          throw new TypeError('from the thread');
        }),
      ).rejects.toThrow('from the thread');
    });
  });

  it('EXEC-044 takes named arguments as one object, and rejects what cannot be sent', async () => {
    await run(async () => {
      const rate = (amount: number, { times = 1, plus = 0 }): number => amount * times + plus;
      expect(await toThread(rate, 2, { times: 3, plus: 1 })).toBe(7);
      await expect(toThread(5 as never)).rejects.toThrow('Expected func to be a function');
    });
  });

  it('EXEC-045 CTX-019 copies variables that travel, for ten calls at once, and takes nothing back', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      loop.setDefaultExecutor(new ThreadPoolExecutor({ maxWorkers: 2 }));
      const tasks = Array.from({ length: 10 }, (_, index) =>
        loop.createTask(async () => {
          requestId.set(`r-${index}`);
          return [await toThread(readRequestId), requestId.get()];
        }),
      );
      const seen = await Promise.all(tasks);
      expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => [`r-${i}`, `r-${i}`]));
      // In the same workers: runInExecutor carries nothing along.
      expect(await loop.runInExecutor(null, readRequestId)).toBe('none');
    });
  });

  it('leaves variables alone that do not travel', async () => {
    const quiet = new ContextVar<() => void>('quiet');
    await run(async () => {
      quiet.set(() => {});
      expect(await toThread(() => 'fine')).toBe('fine');
    });
  });

  it('refuses two variables of one name to travel', () => {
    expect(travelling(requestId)).toBe(requestId);
    expect(() => travelling(new ContextVar('requestId'))).toThrow(ValueError);
    expect(() => travelling(5 as never)).toThrow('Expected variable to be a ContextVar, got 5');
  });
});
