import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import type { Future } from './future.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  loop.close();
});

function finished<T>(result: T): Future<T> {
  const future = loop.createFuture<T>();
  future.setResult(result);
  return future;
}

function failed(error: Error): Future<never> {
  const future = loop.createFuture<never>();
  future.setException(error);
  return future;
}

describe('a future outside of tasks is a promise', () => {
  it('to await, at once or later', async () => {
    const future = loop.createFuture<string>();
    const awaited = (async () => `got ${await future}`)();
    future.setResult('result');
    expect([await awaited, await future]).toEqual(['got result', 'result']);
  });

  it('that rejects with its error, or with CancelledError', async () => {
    const error = new RangeError('failed');
    await expect(failed(error)).rejects.toBe(error);
    const cancelled = loop.createFuture();
    const awaited = cancelled.then(undefined, (reason: unknown) => reason);
    cancelled.cancel('why');
    expect(await awaited).toBeInstanceOf(CancelledError);
    expect(await awaited).toMatchObject({ args: ['why'] });
  });

  it('for all, race, any and allSettled', async () => {
    const error = new Error('failed');
    const pending = loop.createFuture<string>();
    expect(await Promise.all([finished(1), finished('two')])).toEqual([1, 'two']);
    expect(await Promise.race([pending, finished('fast')])).toBe('fast');
    expect(await Promise.any([failed(error), finished('good')])).toBe('good');
    expect(await Promise.allSettled([finished(1), failed(error)])).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: error },
    ]);
  });

  it('with then, catch and finally', async () => {
    const error = new Error('failed');
    expect(await finished(1).then((value) => value + 1)).toBe(2);
    expect(await finished(1).then(undefined)).toBe(1);
    expect(await finished(1).then(null, null)).toBe(1);
    expect(await failed(error).catch((reason: unknown) => reason)).toBe(error);
    await expect(failed(error).catch(null)).rejects.toBe(error);
    const order: string[] = [];
    expect(await finished(1).finally(() => order.push('finally'))).toBe(1);
    await expect(failed(error).finally(() => order.push('again'))).rejects.toBe(error);
    expect(order).toEqual(['finally', 'again']);
  });

  it('for async generators, which await what they yield', async () => {
    const seen: number[] = [];
    async function* generate(): AsyncGenerator<number, void> {
      yield finished(1);
      yield* [finished(2), finished(3)];
    }
    for await (const value of generate()) seen.push(value);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('with a tag, but it is no instance of Promise', () => {
    expect(finished(1)[Symbol.toStringTag]).toBe('Future');
    expect(finished(1)).not.toBeInstanceOf(Promise);
  });

  it('that Promise.resolve follows', async () => {
    const future = loop.createFuture<number>();
    const followed = Promise.resolve(future);
    future.setResult(1);
    expect(await followed).toBe(1);
  });
});

describe('a future inside of tasks is a promise', () => {
  it('for all, race, any, allSettled and async generators', async () => {
    const error = new Error('failed');
    await loop.runUntilComplete(async () => {
      const later = <T>(value: T): Future<T> => {
        const future = loop.createFuture<T>();
        loop.callSoon(() => future.setResult(value));
        return future;
      };
      expect(await Promise.all([later(1), finished('two')])).toEqual([1, 'two']);
      expect(await Promise.race([loop.createFuture(), later('fast')])).toBe('fast');
      expect(await Promise.any([failed(error), later('good')])).toBe('good');
      expect(await Promise.allSettled([later(1), failed(error)])).toEqual([
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: error },
      ]);
      const seen: number[] = [];
      async function* generate(): AsyncGenerator<number, void> {
        yield later(1);
        yield* [later(2), later(3)];
      }
      for await (const value of generate()) seen.push(value);
      expect(seen).toEqual([1, 2, 3]);
    });
  });
});

describe('a rejection', () => {
  it('FUT-028 never comes from a future itself, only from what then() has derived', async () => {
    const program = fileURLToPath(
      new URL('../../test/fixtures/prints-unhandled-rejections.ts', import.meta.url),
    );
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--conditions=@loop/source', program],
      { cwd: fileURLToPath(new URL('../../', import.meta.url)) },
    );
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'unhandled: Error: derived by then',
      'unhandled: Error: derived by finally',
    ]);
    expect(lines.indexOf('closing')).toBe(2);
    expect(lines.slice(3, -1).toSorted()).toEqual([
      'reported: Future exception was never retrieved: Error: future',
      'reported: Future exception was never retrieved: Error: operation',
      'reported: Task exception was never retrieved: Error: async task',
      'reported: Task exception was never retrieved: Error: generator task',
    ]);
    expect(lines.at(-1)).toBe('caught: Error: from run');
  });
});
