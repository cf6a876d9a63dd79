/** `pnpm soak`: see `options.ts` for what it does, and what it takes. */
import { run } from '@loop/core';
import { ProactorEventLoop, SelectorEventLoop } from '@loop/net';
import '@loop/signals';
import { HELP, readOptions, type Options } from './options.ts';
import { Random } from './random.ts';
import { leaks, lookAround } from './resources.ts';
import { scenarios } from './scenarios/index.ts';
import { soak, type SoakOptions, type Tally } from './soak.ts';
import { withWorld } from './world.ts';

const HEAP_SLACK = 8 * 2 ** 20;
const WARM_UP = 200;

const given = readGiven();
if (given.help) {
  process.stdout.write(HELP);
  process.exit();
}
const chosen = scenarios.filter(({ name }) => name.includes(given.only));
if (chosen.length === 0)
  refuse(`Expected --only to be a part of a scenario's name, got "${given.only}"`);
const options: SoakOptions = { ...given, scenarios: chosen };
const makeLoop = {
  selector: () => new SelectorEventLoop(),
  proactor: () => new ProactorEventLoop(),
  '': null,
}[given.backend];

function readGiven(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Nothing is begun. */
function refuse(message: string): never {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}

/** One whole life of a loop. What it reports to its exception handler counts as a failure, if not on purpose. */
async function live(seed: number, how: SoakOptions): Promise<void> {
  const reports: string[] = [];
  const body = (): Promise<readonly Tally[]> =>
    withWorld(async (world) => {
      world.loop.setExceptionHandler((_, { message, exception }) => {
        if (!String(exception).includes('on purpose'))
          reports.push(`${message}: ${String(exception)}`);
      });
      return await soak(world, new Random(seed), how);
    });
  const tallies = await run(body, makeLoop === null ? {} : { loopFactory: makeLoop });
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

const { seed } = given;
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
