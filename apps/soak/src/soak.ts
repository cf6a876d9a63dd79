import { CancelledError, createTask, sleep, type Task } from '@loop/core';
import type { Random } from './random.ts';
import { type Scenario, Surprise, type World } from './scenario.ts';

/** What a soak does. */
export interface SoakOptions {
  readonly scenarios: readonly Scenario[];
  /** Ends with so many scenarios; `Infinity` for no limit. */
  readonly count: number;
  /** Starts nothing new after so many seconds. */
  readonly seconds: number;
  /** How many run side by side. */
  readonly side: number;
}

/** How often each scenario ended in which way. */
export interface Tally {
  readonly name: string;
  done: number;
  cancelled: number;
}

/**
 * Runs scenarios, chosen by `random`, several at a time, and cancels some of them on the way.
 *
 * @throws What a scenario threw; the message says which it was.
 */
export async function soak(world: World, random: Random, options: SoakOptions): Promise<Tally[]> {
  const { loop } = world;
  const end = loop.time() + options.seconds;
  const tallies = new Map(
    options.scenarios.map(({ name }) => [name, { name, done: 0, cancelled: 0 }]),
  );
  const weighted = options.scenarios.flatMap((scenario) =>
    Array<Scenario>(scenario.weight).fill(scenario),
  );
  let started = 0;

  const one = async (number: number): Promise<void> => {
    const scenario = random.pick(weighted);
    const own = random.fork();
    const patience = random.chance(0.15) ? random.next() / 10 : null;
    const tally = tallies.get(scenario.name) as Tally;
    const task: Task<void> = createTask(() => scenario.run(world, own), { name: scenario.name });
    const timer = patience === null ? null : loop.callLater(patience, () => task.cancel());
    try {
      await task;
      tally.done += 1;
    } catch (error) {
      if (patience === null || !(error instanceof CancelledError)) {
        throw new Surprise(`Scenario ${number}, ${scenario.name}: ${String(error)}`, {
          cause: error,
        });
      }
      tally.cancelled += 1;
    } finally {
      timer?.cancel();
      task.cancel();
    }
  };

  const lane = async (): Promise<void> => {
    while (started < options.count && loop.time() < end) {
      started += 1;
      await one(started);
      await sleep(0);
    }
  };
  const lanes = Array.from({ length: options.side }, () => createTask(lane));
  try {
    for (const each of lanes) await each;
  } finally {
    for (const each of lanes) each.cancel();
  }
  return [...tallies.values()];
}
