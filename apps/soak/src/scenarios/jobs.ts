import { transfer } from '@loop/executor';
import { expectEqual, type Scenario, Surprise } from '../scenario.ts';

const square = (value: number): number => value * value;
const lengthOf = (bytes: Uint8Array): number => bytes.length;
const fail = (message: string): never => {
  throw new RangeError(message);
};

export const jobScenarios: readonly Scenario[] = [
  {
    name: 'jobs',
    weight: 5,
    async run({ loop, threads, processes }, random) {
      const pool = random.chance(0.7) ? threads : processes;
      const value = random.integer(0, 1000);
      expectEqual(await loop.runInExecutor(pool, square, value), value ** 2, 'a square');
    },
  },
  {
    name: 'job that fails',
    weight: 2,
    async run({ loop, threads }) {
      const error: unknown = await loop.runInExecutor(threads, fail, 'on purpose').then(
        () => new Surprise('a job that throws gave a result'),
        (reason: unknown) => reason,
      );
      if (!(error instanceof RangeError)) throw error;
    },
  },
  {
    name: 'job with bytes',
    weight: 2,
    async run({ loop, threads }, random) {
      const count = random.size(1_000_000);
      const bytes = new Uint8Array(count);
      const argument = random.chance(0.5) ? transfer(bytes, [bytes.buffer]) : bytes;
      expectEqual(await loop.runInExecutor(threads, lengthOf, argument), count, 'a length');
    },
  },
];
