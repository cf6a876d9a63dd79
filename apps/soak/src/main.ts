/**
 * `pnpm soak`: everything at once, at random, for ten minutes, and then a look at what is left.
 *
 *   --seconds N   how long (600)
 *   --count N     or how many scenarios
 *   --seed N      the choices of an earlier run, which it printed
 *   --side N      how many scenarios side by side (20)
 *   --only TEXT   scenarios whose names contain it
 */
import { parseArgs } from 'node:util';
import { run } from '@loop/core';
import '@loop/signals';
import { Random } from './random.ts';
import { leaks, lookAround } from './resources.ts';
import { scenarios } from './scenarios/index.ts';
import { soak, type SoakOptions } from './soak.ts';
import { withWorld } from './world.ts';

const HEAP_SLACK = 8 * 2 ** 20;
const WARM_UP = 200;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    count: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    side: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
  },
});

const chosen = scenarios.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0)
  throw new RangeError(`Expected --only to be a part of a scenario's name, got "${values.only}"`);
const options: SoakOptions = {
  scenarios: chosen,
  count: Number(values.count),
  seconds: Number(values.seconds),
  side: Number(values.side),
};

/** One whole life of a loop. What it reports to its exception handler counts as a failure, if not on purpose. */
async function live(seed: number, how: SoakOptions): Promise<void> {
  const reports: string[] = [];
  const tallies = await run(async () =>
    withWorld(async (world) => {
      world.loop.setExceptionHandler((_, { message, exception }) => {
        if (!String(exception).includes('on purpose'))
          reports.push(`${message}: ${String(exception)}`);
      });
      return await soak(world, new Random(seed), how);
    }),
  );
  if (how !== options) return;
  for (const { name, done, cancelled } of tallies) {
    console.log(
      `${name.padEnd(24)} ${String(done).padStart(8)} done ${String(cancelled).padStart(8)} cancelled`,
    );
  }
  for (const report of new Set(reports)) {
    console.log(`REPORTED ${report}`);
    process.exitCode = 1;
  }
}

const seed = Number(values.seed);
console.log(`seed ${seed}: again with --seed ${seed}`);
try {
  // The first life loads code and fills caches.
  await live(0, { ...options, seconds: 60, count: WARM_UP });
  const before = lookAround();
  await live(seed, options);
  const found = leaks(before, lookAround(), HEAP_SLACK);
  for (const leak of found) console.log(`LEAKED ${leak}`);
  console.log(
    found.length === 0 ? 'nothing has leaked' : `${found.length} leaks; the seed was ${seed}`,
  );
  if (found.length > 0) process.exitCode = 1;
} catch (error) {
  console.log(`FAILED with seed ${seed}:`, error);
  process.exitCode = 1;
}
