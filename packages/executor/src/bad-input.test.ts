import {
  InterpreterPoolExecutor,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  transfer,
} from '@loop/executor';
import { describe, expect, it } from 'vitest';

const wrong = (value: unknown): never => value as never;

describe.each([ThreadPoolExecutor, InterpreterPoolExecutor, ProcessPoolExecutor])(
  'bad input of %O',
  (Pool) => {
    it.each<[unknown, string]>([
      [4, `Expected the options of ${Pool.name}() to be an object, got 4`],
      [null, `Expected the options of ${Pool.name}() to be an object, got null`],
      [{ maxworkers: 2 }, `${Pool.name}() has no option "maxworkers"; it takes maxWorkers`],
      [{ maxWorkers: '2' }, 'Expected maxWorkers to be an integer, got "2"'],
      [{ initargs: 'x' }, 'Expected initargs to be an array, got "x"'],
      [{ abortGrace: -1 }, 'Expected abortGrace to be 0 or more seconds, got -1'],
    ])('EXEC-029 refuses the options %j', (options, message) => {
      expect(() => new Pool(wrong(options))).toThrow(message);
    });

    it.each<[unknown, string]>([
      [false, 'Expected the options of shutdown() to be an object, got false'],
      [{ cancelfutures: true }, 'shutdown() has no option "cancelfutures"; it takes wait, cancel'],
      [{ wait: 'no' }, 'Expected wait to be a boolean, got "no"'],
    ])('EXEC-028 refuses shutdown(%j), and is as it was', async (options, message) => {
      await using pool = new Pool({ maxWorkers: 1 });
      expect(() => pool.shutdown(wrong(options))).toThrow(message);
      expect(await pool.submit((x: number) => x + 1, 1)).toBe(2);
    });

    it.each<[unknown, unknown, string]>([
      [[1, 2], {}, 'Expected iterables[0] to be iterable, got 1: there is one iterable for each'],
      [[[1], null], {}, 'Expected iterables[1] to be iterable, got null'],
      [undefined, {}, 'as in map(func, [items]), got undefined'],
      [new Set([1]), {}, 'got [object Set]'],
      [[[1]], { chunkSize: 2 }, 'map() has no option "chunkSize"; it takes timeout, chunksize'],
      [[[1]], { timeout: '1' }, 'Expected timeout to be a number of seconds, got "1"'],
    ])('EXEC-031 refuses map(func, %j, %j)', async (iterables, options, message) => {
      await using pool = new Pool({ maxWorkers: 1 });
      expect(() => pool.map((x: number) => x, wrong(iterables), wrong(options))).toThrow(message);
    });
  },
);

it('refuses a prefix that is no text, and limits that are none', () => {
  expect(() => new ThreadPoolExecutor({ threadNamePrefix: wrong(5) })).toThrow(
    'Expected threadNamePrefix to be a string, got 5',
  );
  expect(() => new ThreadPoolExecutor({ resourceLimits: wrong({ maxMb: 5 }) })).toThrow(
    'resourceLimits() has no option "maxMb"',
  );
});

it.each<[unknown, unknown, string]>([
  [new Uint8Array(1), new ArrayBuffer(1), 'as in transfer(bytes, [bytes.buffer]), got [object Arr'],
  [new Uint8Array(1), undefined, 'to be an array of what is to be moved'],
  [new Uint8Array(1), ['x'], 'Expected list[0] to be a buffer or a port, got x'],
  ['x', [], 'Expected value to be an object, got x'],
])('EXEC-035 refuses transfer(%o, %o), here and in a job', async (value, list, message) => {
  expect(() => transfer(wrong(value), wrong(list))).toThrow(message);
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const job = pool.submit(
    function move(value: unknown, list: unknown) {
      return this.transfer(value, list as never);
    },
    value,
    list,
  );
  await expect(job).rejects.toThrow(message);
});
