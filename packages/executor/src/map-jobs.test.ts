import { CancelledError, PoolFuture, TimeoutError, ValueError } from '@loop/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mapJobs } from './map-jobs.ts';
import { errorOf } from '../test/error-of.ts';

/** Submits by hand: `futures` are what was submitted, `rows` with which arguments. */
function byHand() {
  const rows: unknown[][] = [];
  const futures: PoolFuture<unknown>[] = [];
  const submit = (row: readonly unknown[]): PoolFuture<unknown> => {
    rows.push([...row]);
    const future = new PoolFuture<unknown>();
    futures.push(future);
    return future;
  };
  return { rows, futures, submit };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('map', () => {
  it('EXEC-021 submits everything at once, up to the shortest, though nobody iterates', () => {
    const { rows, submit } = byHand();
    mapJobs(submit, [[1, 2, 3], 'abcd'], {});
    expect(rows).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    mapJobs(submit, [], {});
    expect(rows).toHaveLength(3);
  });

  it('EXEC-021 gives results in input order, whatever the order in which they come', async () => {
    const { futures, submit } = byHand();
    const results = mapJobs(submit, [[1, 2, 3]], {});
    futures[2]?.setResult('c');
    futures[0]?.setResult('a');
    futures[1]?.setResult('b');
    const seen: unknown[] = [];
    for await (const each of results) seen.push(each);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('EXEC-021 throws an error in its place, which ends the iteration and cancels the rest', async () => {
    const { futures, submit } = byHand();
    const results = mapJobs(submit, [[1, 2, 3]], {});
    futures[0]?.setResult('a');
    futures[1]?.setException(new RangeError('second'));
    expect(await results.next()).toEqual({ done: false, value: 'a' });
    await expect(results.next()).rejects.toThrow('second');
    expect(await results.next()).toEqual({ done: true, value: undefined });
    expect(futures[2]?.cancelled()).toBe(true);
  });

  it('EXEC-022 throws TimeoutError for a result that is late, counted from the call', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { futures, submit } = byHand();
    const results = mapJobs(submit, [[1, 2, 3, 4]], { timeout: 10 });
    vi.advanceTimersByTime(6000);
    futures[0]?.setResult('a');
    expect(await results.next()).toEqual({ done: false, value: 'a' });
    futures[1]?.setRunningOrNotifyCancel();
    const late = errorOf(results.next());
    await vi.advanceTimersByTimeAsync(3999);
    expect(futures.map((future) => future.done())).toEqual([true, false, false, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await late).toBeInstanceOf(TimeoutError);
    // The one that runs goes on; those that have not started never will.
    expect(futures.map((future) => future.cancelled())).toEqual([false, false, true, true]);
    expect((await results.next()).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('EXEC-022 takes a result that is there, though the time is over, and waits for ever without one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { futures, submit } = byHand();
    const results = mapJobs(submit, [[1]], { timeout: 1 });
    futures[0]?.setResult('a');
    vi.advanceTimersByTime(5000);
    expect((await results.next()).value).toBe('a');
    const patient = mapJobs(submit, [[2]], { timeout: Infinity });
    const next = patient.next();
    await vi.advanceTimersByTimeAsync(2 ** 32);
    futures[1]?.setResult('b');
    expect((await next).value).toBe('b');
  });

  it.each<[string, (results: AsyncGenerator<unknown, void, undefined>) => PromiseLike<unknown>]>([
    ['return()', (results) => results.return()],
    ['throw()', (results) => errorOf(results.throw(new Error('own')))],
    ['await using', (results) => results[Symbol.asyncDispose]()],
    [
      'break',
      async (results) => {
        for await (const _ of results) break;
      },
    ],
  ])('EXEC-022 cancels what has not started when the iteration ends by %s', async (_, end) => {
    const { futures, submit } = byHand();
    const results = mapJobs(submit, [[1, 2, 3]], {});
    futures[0]?.setResult('a');
    await end(results);
    expect(futures.slice(1).map((future) => future.cancelled())).toEqual([true, true]);
    expect((await results.next()).done).toBe(true);
  });

  it('EXEC-023 submits no more than buffersize ahead', async () => {
    const { rows, futures, submit } = byHand();
    const closed = vi.fn();
    function* numbers(): Generator<number> {
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        closed();
      }
    }
    const results = mapJobs(submit, [numbers()], { buffersize: 2 });
    expect(rows).toEqual([[0], [1]]);
    futures[0]?.setResult('a');
    expect((await results.next()).value).toBe('a');
    expect(rows).toEqual([[0], [1], [2]]);
    await results.return();
    expect(futures.map((future) => future.cancelled())).toEqual([false, true, true]);
    expect(closed).toHaveBeenCalledOnce();
  });

  it('EXEC-023 refuses a chunksize or buffersize below 1, and what is no number', () => {
    const { rows, submit } = byHand();
    const check = (options: object): unknown => {
      try {
        return mapJobs(submit, [[1]], options);
      } catch (error) {
        return error;
      }
    };
    expect(check({ chunksize: 0 })).toBeInstanceOf(ValueError);
    expect(String(check({ chunksize: 0 }))).toContain('chunksize must be >= 1., got 0');
    expect(String(check({ buffersize: -1 }))).toContain('buffersize must be >= 1., got -1');
    expect(check({ chunksize: 1.5 })).toBeInstanceOf(TypeError);
    expect(check({ timeout: 'soon' })).toBeInstanceOf(TypeError);
    expect(rows).toEqual([]);
  });

  it('takes 100,000 results, and the same iterator twice', async () => {
    const submit = (row: readonly unknown[]): PoolFuture<unknown> => {
      const future = new PoolFuture<unknown>();
      future.setResult(row);
      return future;
    };
    let count = 0;
    for await (const row of mapJobs(submit, [Array(100_000).keys()], {})) {
      if ((row as number[])[0] === count) count += 1;
    }
    expect(count).toBe(100_000);
    const once = [1, 2, 3, 4].values();
    const pairs: unknown[] = [];
    for await (const row of mapJobs(submit, [once, once], {})) pairs.push(row);
    expect(pairs).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('passes on that the executor takes no more', async () => {
    const { futures, submit } = byHand();
    let open = true;
    const results = mapJobs(
      (row) => {
        if (!open) throw new CancelledError('no more');
        return submit(row);
      },
      [[1, 2, 3]],
      { buffersize: 1 },
    );
    open = false;
    futures[0]?.setResult('a');
    await expect(results.next()).rejects.toThrow('no more');
  });
});
