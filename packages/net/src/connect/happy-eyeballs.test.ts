import { CancelledError, type Coroutine, getRunningLoop, sleep } from '@loop/core';
import { runVirtual } from '@loop/core/testing';
import type { AddressInfo } from '@loop/posix';
import { AF_INET, AF_INET6 } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { interleave, staggeredRace } from './happy-eyeballs.ts';

describe('interleave', () => {
  const address = (name: string): AddressInfo => [
    name.startsWith('v6') ? AF_INET6 : AF_INET,
    1,
    6,
    '',
    [name, 1],
  ];
  const order = (names: string, count: number): string =>
    interleave(names.split(' ').map(address), count)
      .map(([, , , , [name]]) => name)
      .join(' ');
  const names = 'v6a v6b v6c v4a v4b';

  it('CONN-033 lets the families take turns, in order of appearance', () => {
    expect(order(names, 1)).toBe('v6a v4a v6b v4b v6c');
    expect(order('v4a v6a v6b v4b v6c', 1)).toBe('v4a v6a v4b v6b v6c');
    expect(order('v4a v4b', 1)).toBe('v4a v4b');
  });

  it('CONN-034 starts with as many of the first family', () => {
    expect(order(names, 2)).toBe('v6a v6b v4a v6c v4b');
    expect(order(names, 3)).toBe('v6a v6b v6c v4a v4b');
    expect(order(names, 9)).toBe(names);
  });
});

describe('a race', () => {
  /** Takes `seconds`, then gives `end`, or throws it if it is an error. */
  const attempt =
    (log: string[], name: string, seconds: number, end: unknown) => (): Coroutine<unknown> =>
      (function* () {
        const now = (): string => getRunningLoop().time().toFixed(1);
        log.push(`${name} starts ${now()}`);
        try {
          yield* sleep(seconds);
        } catch (error) {
          log.push(`${name} is cancelled ${now()}`);
          throw error;
        }
        log.push(`${name} ends ${now()}`);
        if (end instanceof Error) throw end;
        return end;
      })();

  const race = async (
    delay: number | null,
    ...attempts: ReadonlyArray<readonly [seconds: number, end: unknown]>
  ) => {
    const log: string[] = [];
    const names = ['a', 'b', 'c', 'd'];
    const bodies = attempts.map(([seconds, end], index) =>
      attempt(log, names[index]!, seconds, end),
    );
    const result = await runVirtual(async () => {
      const loop = getRunningLoop();
      return await loop.createTask(() => staggeredRace(loop, bodies, delay));
    });
    return { log, ...result };
  };

  const bad = (text: string): Error => new Error(text);

  it('CONN-039 of nobody has no winner', async () => {
    expect(await race(1)).toMatchObject({ index: null, result: null, errors: [] });
  });

  it('CONN-039 goes strictly one after another without a delay', async () => {
    const { log, ...result } = await race(null, [1, bad('first')], [1, 'second'], [1, 'third']);
    expect(log).toEqual(['a starts 0.0', 'a ends 1.0', 'b starts 1.0', 'b ends 2.0']);
    expect(result).toEqual({ index: 1, result: 'second', errors: [bad('first'), null] });
  });

  it('CONN-035 CONN-037 starts the next beside one that takes too long, and cancels the losers', async () => {
    const { log, ...result } = await race(
      0.5,
      [9, 'slow'],
      [1, 'quick'],
      [9, 'late'],
      [9, 'never'],
    );
    expect(log).toEqual([
      'a starts 0.0',
      'b starts 0.5',
      'c starts 1.0',
      'b ends 1.5',
      'a is cancelled 1.5',
      'c is cancelled 1.5',
    ]);
    expect(result).toMatchObject({ index: 1, result: 'quick' });
    expect(result.errors).toHaveLength(3);
    expect(result.errors[0]).toBeInstanceOf(CancelledError);
    expect(result.errors[1]).toBeNull();
  });

  it('CONN-036 starts the next at once when the last one fails', async () => {
    const { log, index } = await race(5, [1, bad('early')], [1, 'second']);
    expect(log).toEqual(['a starts 0.0', 'a ends 1.0', 'b starts 1.0', 'b ends 2.0']);
    expect(index).toBe(1);
  });

  it('CONN-036 keeps to the delay when an earlier one fails', async () => {
    const { log } = await race(1, [1.5, bad('late')], [9, bad('slow')], [1, 'third']);
    expect(log.slice(0, 4)).toEqual(['a starts 0.0', 'b starts 1.0', 'a ends 1.5', 'c starts 2.0']);
  });

  it('CONN-038 waits for everybody when all fail, and gives the errors in order of start', async () => {
    const { log, ...result } = await race(1, [5, bad('a')], [1, bad('b')], [1, bad('c')]);
    expect(log.at(-1)).toBe('a ends 5.0');
    expect(result).toEqual({ index: null, result: null, errors: [bad('a'), bad('b'), bad('c')] });
  });

  it('CONN-037 has one winner when two are done at the same time', async () => {
    const { log, ...result } = await race(1, [2, 'first'], [1, 'second']);
    expect(result).toMatchObject({ index: 0, result: 'first' });
    expect(log.slice(2)).toEqual(['a ends 2.0', 'b is cancelled 2.0']);
  });

  it('CONN-048 waits for the end of all attempts when it is cancelled', async () => {
    const log: string[] = [];
    await runVirtual(async () => {
      const loop = getRunningLoop();
      const bodies = [attempt(log, 'a', 9, 1), attempt(log, 'b', 9, 2)];
      const task = loop.createTask(() => staggeredRace(loop, bodies, 1));
      await sleep(2);
      task.cancel();
      await expect(task).rejects.toThrow(CancelledError);
    });
    expect(log.slice(2)).toEqual(['a is cancelled 2.0', 'b is cancelled 2.0']);
  });
});
