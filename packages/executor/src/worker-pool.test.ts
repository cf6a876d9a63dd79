import { describe, expect, it, vi } from 'vitest';
import type { PoolFuture } from '@loop/core';
import { fakePool, settle, UNCLONABLE, type FakeSeat } from '../test/fake-seat.ts';
import { transfer } from './transfer.ts';
import type { WorkerPool } from './worker-pool.ts';

const named = (name: unknown): unknown => name;

function submit(pool: WorkerPool, ...names: unknown[]): PoolFuture<unknown>[] {
  return names.map((name) => pool.submit(named, [name], null));
}

/** Has the pool learn that the function is quick. */
async function teach(pool: WorkerPool, seats: FakeSeat[]): Promise<void> {
  void submit(pool, 'taught');
  await settle();
  seats[0]?.work();
}

describe('giving out', () => {
  it('EXEC-030 starts a worker for each job up to maxWorkers, and no second job anywhere before', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    void submit(pool, 1, 2, 3);
    expect(pool.size).toBe(0);
    await settle();
    expect(seats.map((seat) => seat.given)).toEqual([[1], [2]]);
    seats[1]?.work();
    expect(seats.map((seat) => seat.given)).toEqual([[1], [2, 3]]);
  });

  it('EXEC-030 uses an idle worker again, rather than starting one', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 4 });
    for (const name of [1, 2, 3]) {
      void submit(pool, name);
      await settle();
      seats[0]?.work();
    }
    expect(seats.map((seat) => seat.given)).toEqual([[1, 2, 3]]);
  });

  it('gives quick jobs in batches, shared out between the workers that could be had', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    await teach(pool, seats);
    void submit(pool, 1, 2, 3, 4, 5);
    await settle();
    expect(seats.map((seat) => seat.given)).toEqual([
      ['taught', 1, 2, 3],
      [4, 5],
    ]);
    expect(seats[0]?.batches.length).toBe(2);
  });

  it('gives slow jobs one by one, and those of unknown length', async () => {
    const { pool, seats } = fakePool();
    void submit(pool, 1, 2, 3, 4);
    await settle();
    expect(seats[0]?.given).toEqual([1]);
    seats[0]?.work(1, 2);
    expect(seats[0]?.given).toEqual([1, 2]);
    seats[0]?.work(2, 0.9);
    // 1.8 ms are expected by now, of 3 that may be ahead.
    expect(seats[0]?.given).toEqual([1, 2, 3]);
    seats[0]?.work(3, 0.5);
    seats[0]?.work(4, 0.5);
    expect(pool.size).toBe(1);
  });

  it('gives no more than the worker holds', async () => {
    const { pool, seats } = fakePool({ depth: 3 });
    await teach(pool, seats);
    void submit(pool, 1, 2, 3, 4, 5);
    await settle();
    expect(seats[0]?.given).toEqual(['taught', 1, 2, 3]);
    seats[0]?.work(2);
    expect(seats[0]?.given).toEqual(['taught', 1, 2, 3, 4, 5]);
  });

  it('sends no more memory ahead than a few large buffers, copied or moved', async () => {
    const { pool, seats } = fakePool();
    await teach(pool, seats);
    const buffers = Array.from({ length: 4 }, () => new ArrayBuffer(10e6));
    void submit(pool, buffers[0], new Uint8Array(buffers[1] as ArrayBuffer));
    void submit(pool, transfer({}, [buffers[2] as ArrayBuffer]), buffers[3]);
    await settle();
    expect(seats[0]?.given.length).toBe(3);
    seats[0]?.work(buffers[0]);
    expect(seats[0]?.given.length).toBe(4);
    seats[0]?.work();
    const shared = Array.from({ length: 4 }, () => new Uint8Array(new SharedArrayBuffer(10e6)));
    void submit(pool, ...shared);
    await settle();
    expect(seats[0]?.given.length).toBe(9);
  });

  it('holds a worker while it has jobs, and only then', async () => {
    const { pool, seats } = fakePool();
    void submit(pool, 1);
    await settle();
    expect(seats[0]?.held).toBe(true);
    seats[0]?.work();
    expect(seats[0]?.held).toBe(false);
  });

  it('takes back what an idle worker can start, in order', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    await teach(pool, seats);
    void submit(pool, 1, 2, 3, 4, 5, 6);
    await settle();
    expect(seats[1]?.given).toEqual([4, 5, 6]);
    seats[0]?.start(1);
    seats[1]?.work();
    expect(seats[1]?.given).toEqual([4, 5, 6, 3]);
    seats[1]?.work();
    expect(seats[1]?.given).toEqual([4, 5, 6, 3, 2]);
    seats[1]?.work();
    seats[0]?.work();
    expect(pool.size).toBe(2);
  });

  it('leaves with a worker what was moved to it', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    await teach(pool, seats);
    const move = (name: number): object => transfer({ name }, [new ArrayBuffer(1)]);
    void submit(pool, move(1), move(2), move(3), 4);
    await settle();
    seats[0]?.start(seats[0].given[1]);
    seats[1]?.work();
    expect(seats[0]?.given.slice(1)).toEqual([{ name: 1 }, { name: 2 }]);
    expect(seats[1]?.given).toEqual([{ name: 3 }, 4]);
  });

  it('sends a function once to a worker, though it was made again', async () => {
    const { pool, seats } = fakePool();
    for (let i = 0; i < 3; i += 1) {
      void pool.submit((x: number) => x, [i], null);
      await settle();
      seats[0]?.work();
    }
    expect(seats[0]?.batches.map((batch) => batch.sources.length)).toEqual([1, 0, 0]);
  });

  it('has a worker forget its functions when they are many', async () => {
    const { pool, seats } = fakePool();
    for (let i = 0; i < 1001; i += 1) {
      // oxlint-disable-next-line typescript/no-implied-eval -- a thousand different texts
      void pool.submit(new Function('x', `return ${i} + x`) as (x: number) => number, [i], null);
      await settle();
      seats[0]?.work();
    }
    const forgot = seats[0]?.batches.map((batch) => batch.forget).indexOf(true);
    expect(forgot).toBe(1000);
  });
});

describe('what cannot be sent', () => {
  it('EXEC-035 fails alone, wherever in a batch it stands', async () => {
    const { pool, seats } = fakePool();
    await teach(pool, seats);
    const futures = submit(pool, UNCLONABLE, 1, UNCLONABLE, 2, UNCLONABLE);
    await settle();
    expect(seats[0]?.given).toEqual(['taught', 1, 2]);
    seats[0]?.work();
    expect(futures.map((future) => String(future.exception() ?? future.result()))).toEqual([
      'Error: unclonable',
      '1',
      'Error: unclonable',
      '2',
      'Error: unclonable',
    ]);
    expect(seats[0]?.held).toBe(false);
  });

  it('EXEC-035 counts for nothing where workers are replaced after some jobs', async () => {
    const { pool, seats } = fakePool({ maxTasksPerChild: 3 });
    await teach(pool, seats);
    void submit(pool, UNCLONABLE, 1, 2);
    await settle();
    expect([seats[0]?.given, seats[0]?.ending]).toEqual([['taught', 1, 2], null]);
    seats[0]?.work();
    expect(seats[0]?.ending).toBe('end');
  });

  it('EXEC-035 leaves the pool usable, if a callback ends it even there', async () => {
    const { pool, seats } = fakePool();
    await teach(pool, seats);
    const [bad, good] = submit(pool, UNCLONABLE, 1);
    let ended: Promise<void> | undefined;
    bad?.addDoneCallback(() => (ended = pool.shutdown(true, false)));
    await settle();
    seats[0]?.work();
    expect(good?.result()).toBe(1);
    expect(seats[0]?.ending).toBe('end');
    await seats[0]?.leave();
    await ended;
  });

  it('breaks the pool where a worker cannot be started', async () => {
    const { pool } = fakePool({
      start: () => {
        throw new Error('no threads left');
      },
    });
    const [future] = submit(pool, 1);
    await settle();
    expect(String(future?.exception())).toContain('could not be started: Error: no threads left');
    expect(() => submit(pool, 2)).toThrow('no threads left');
    await pool.shutdown(true, false);
  });
});

describe('cancelling', () => {
  it('EXEC-017 takes back a queued job, and a posted one until it starts', async () => {
    const { pool, seats } = fakePool();
    await teach(pool, seats);
    const [running, posted, queued] = submit(pool, 1, 2, 3);
    expect(queued?.cancel()).toBe(true);
    await settle();
    seats[0]?.start(1);
    expect([running?.running(), posted?.running()]).toEqual([true, false]);
    expect([running?.cancel(), posted?.cancel()]).toEqual([false, true]);
    seats[0]?.work();
    expect([running?.result(), posted?.cancelled()]).toEqual([1, true]);
    expect(seats[0]?.given).toEqual(['taught', 1, 2]);
  });

  it('cancels what a worker dropped because it was aborted before its turn', async () => {
    const { pool, seats } = fakePool({ canWithdraw: false });
    await teach(pool, seats);
    const [first, second] = submit(pool, 1, 2);
    await settle();
    expect([second?.cancel(), second?.abort(), seats[0]?.aborted]).toEqual([false, true, [2]]);
    seats[0]?.finish(1);
    seats[0]?.events.reply({ passed: 3, outcomes: [] });
    expect([first?.result(), second?.cancelled()]).toEqual([1, true]);
  });

  it('cancels 100,000 queued jobs', async () => {
    const { pool, seats } = fakePool();
    const futures = submit(pool, ...Array(100_000).keys());
    await settle();
    expect(futures.slice(1).every((future) => future.cancel())).toBe(true);
    seats[0]?.work();
    expect(futures[0]?.result()).toBe(0);
    expect(seats[0]?.given).toEqual([0]);
  });
});

describe('abortGrace', () => {
  it('ends the worker of a job that does not stop, and gives its other jobs to another', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { pool, seats } = fakePool({ abortGrace: 2 });
      await teach(pool, seats);
      const [stuck, second, third] = submit(pool, 1, 2, 3);
      await settle();
      const [late] = submit(pool, 4);
      seats[0]?.start(1);
      expect([stuck?.abort(), stuck?.abort(), seats[0]?.aborted]).toEqual([true, true, [1, 1]]);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1999);
      expect(seats[0]?.ending).toBe(null);
      vi.advanceTimersByTime(1);
      expect([seats[0]?.ending, stuck?.done(), seats.length]).toEqual(['terminate', false, 1]);
      await seats[0]?.leave();
      expect([stuck?.cancelled(), seats[1]?.given]).toEqual([true, [2, 3, 4]]);
      seats[1]?.work();
      expect([second, third, late].map((future) => future?.result())).toEqual([2, 3, 4]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets a job alone that has stopped in time, though its outcome is still on its way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { pool, seats } = fakePool({ abortGrace: 2 });
      const [job] = submit(pool, 1);
      await settle();
      seats[0]?.start(1);
      job?.abort();
      vi.spyOn(seats[0] as FakeSeat, 'over').mockReturnValue(true);
      vi.advanceTimersByTime(5000);
      expect(seats[0]?.ending).toBe(null);
      seats[0]?.finish(1);
      expect(job?.result()).toBe(1);
      const [next] = submit(pool, 2);
      await settle();
      seats[0]?.start(2);
      next?.abort();
      seats[0]?.finish(2);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps the outcome that came while the worker was being ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { pool, seats } = fakePool({ abortGrace: 0 });
      const [job] = submit(pool, 1);
      await settle();
      seats[0]?.start(1);
      job?.abort();
      vi.advanceTimersByTime(0);
      expect(seats[0]?.ending).toBe('terminate');
      seats[0]?.finish(1);
      await seats[0]?.leave();
      expect(job?.result()).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives what is to be moved only to a worker that is idle: it could not be moved again', async () => {
    const { pool, seats } = fakePool({ abortGrace: 1 });
    await teach(pool, seats);
    void submit(pool, 1, transfer({ name: 2 }, [new ArrayBuffer(1)]), 3);
    await settle();
    expect(seats[0]?.given).toEqual(['taught', 1]);
    seats[0]?.work();
    expect(seats[0]?.given).toEqual(['taught', 1, { name: 2 }, 3]);
  });
});

describe('replacing workers', () => {
  it('EXEC-040 ends a worker after maxTasksPerChild jobs, and starts the next when it has ended', async () => {
    const { pool, seats } = fakePool({ maxTasksPerChild: 2 });
    await teach(pool, seats);
    const futures = submit(pool, 1, 2, 3);
    await settle();
    expect(seats[0]?.given).toEqual(['taught', 1]);
    seats[0]?.work();
    expect([seats[0]?.ending, seats.length, pool.size]).toEqual(['end', 1, 1]);
    await seats[0]?.leave();
    expect(seats[1]?.given).toEqual([2, 3]);
    seats[1]?.work();
    await seats[1]?.leave();
    expect([futures[2]?.result(), pool.size]).toEqual([3, 0]);
  });
});

describe('shutting down', () => {
  it('EXEC-024 ends the workers when the last job has ended, and resolves when they have', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    const futures = submit(pool, 1, 2, 3);
    const trace: string[] = [];
    void pool.shutdown(true, false).then(() => trace.push('first'));
    expect(() => submit(pool, 4)).toThrow('cannot schedule new futures after shutdown');
    await settle();
    seats[0]?.work();
    seats[0]?.work();
    expect(seats.map((seat) => seat.ending)).toEqual([null, null]);
    seats[1]?.work();
    expect(seats.map((seat) => seat.ending)).toEqual(['end', 'end']);
    void pool.shutdown(true, false).then(() => trace.push('second'));
    await seats[0]?.leave();
    expect(trace).toEqual([]);
    await seats[1]?.leave();
    expect(trace).toEqual(['first', 'second']);
    expect(futures.map((future) => future.result())).toEqual([1, 2, 3]);
    await pool.shutdown(true, false);
  });

  it('EXEC-024 returns at once where nothing was ever submitted, and with wait false', async () => {
    const { pool } = fakePool();
    await pool.shutdown(true, false);
    const { pool: other, seats } = fakePool();
    void submit(other, 1);
    await settle();
    await other.shutdown(false, false);
    seats[0]?.work();
    expect(seats[0]?.ending).toBe('end');
  });

  it('EXEC-025 cancels what has not started, with a worker or queued', async () => {
    const { pool, seats } = fakePool();
    await teach(pool, seats);
    const futures = submit(pool, 1, 'b', ...Array(100).fill('c'));
    await settle();
    seats[0]?.start(1);
    const ended = pool.shutdown(true, true);
    expect(futures.map((future) => future.cancelled())).toEqual([false, ...Array(101).fill(true)]);
    seats[0]?.work();
    await seats[0]?.leave();
    await ended;
    expect(futures[0]?.result()).toBe(1);
  });

  it('EXEC-026 does not hang on jobs that were cancelled just before, or just after', async () => {
    const { pool, seats } = fakePool();
    const [job] = submit(pool, 1);
    job?.cancel();
    await pool.shutdown(true, false);
    expect(seats).toEqual([]);
    const { pool: other } = fakePool();
    const [next] = submit(other, 1);
    const ended = other.shutdown(true, false);
    next?.cancel();
    await ended;
  });
});

describe('dying', () => {
  it('EXEC-038 EXEC-039 fails every job that is not over, ends the others, and takes no more', async () => {
    const { pool, seats } = fakePool({ maxWorkers: 2 });
    const futures = submit(pool, 1, 2, 3);
    await settle();
    const cause = new Error('the reason');
    seats[0]?.events.died('was struck by lightning', cause);
    for (const future of futures) {
      expect(future.exception()).toMatchObject({
        message: 'crashed: worker 0 was struck by lightning',
        cause,
      });
    }
    expect(() => submit(pool, 4)).toThrow('unusable: worker 0 was struck by lightning');
    expect(seats.map((seat) => seat.ending)).toEqual([null, 'terminate']);
    const ended = pool.shutdown(true, false);
    // Nothing that comes late harms anybody.
    seats[1]?.finish(2);
    await seats[1]?.leave();
    await ended;
    expect(pool.size).toBe(0);
  });

  it('EXEC-039 lets a shutdown end that was waiting', async () => {
    const { pool, seats } = fakePool();
    const [job] = submit(pool, 1);
    await settle();
    const ended = pool.shutdown(true, false);
    seats[0]?.events.died('exited with code 1', undefined);
    await ended;
    expect(String(job?.exception())).toContain('exited with code 1');
  });

  it('EXEC-033 breaks when an initializer fails, and reports it once, however many do', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { pool, seats } = fakePool({ maxWorkers: 3 });
    const futures = submit(pool, 1, 2, 3, 4);
    await settle();
    const broken = {
      name: 'Error',
      className: 'Error',
      message: 'no data',
      stack: 'Error: no data',
      properties: {},
    };
    for (const seat of seats) seat.events.reply({ passed: 0, outcomes: [], broken });
    for (const future of futures)
      expect(String(future.exception())).toContain('initializer failed');
    expect(log).toHaveBeenCalledExactlyOnceWith(
      'Exception in initializer:',
      expect.objectContaining({ message: 'no data' }),
    );
    expect(seats.map((seat) => seat.ending)).toEqual(['terminate', 'terminate', 'terminate']);
    log.mockRestore();
  });
});
