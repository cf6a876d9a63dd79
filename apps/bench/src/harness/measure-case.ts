import { PeerProcess } from './peer-process.ts';
import type { Command } from './peers.ts';
import type { Sample } from './serve-samples.ts';

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** Seconds of CPU time that a sample should take. */
  readonly cpu: number;
  /** Seconds after which a sample is long enough, however little CPU it took: timers wait. */
  readonly wall: number;
  /** Seconds of CPU time that a peer runs before it counts: compilers need some. */
  readonly warmUp: number;
}

export const FULL: Effort = { rounds: 7, cpu: 0.06, wall: 0.25, warmUp: 0.4 };

/** Proves that everything starts, and measures nothing. */
export const QUICK: Effort = { rounds: 1, cpu: 0, wall: 0, warmUp: 0 };

/** What is measured of each peer. */
export interface Measured {
  /** Operations in the first sample. */
  readonly size: number;
  readonly costOf: (sample: Sample) => number;
  /** Memory is taken from the first sample of a process: there is nothing to warm up. */
  readonly once?: boolean;
}

/**
 * Measures a case with all its peers, in alternation: every round asks each of them for one
 * sample, so that a busy moment of the machine hits all alike.
 *
 * @returns Per peer, what an operation cost in each round.
 */
export async function measureCase<P>(
  peers: ReadonlyMap<P, Command>,
  { size, costOf, once = false }: Measured,
  effort: Effort,
): Promise<ReadonlyMap<P, readonly number[]>> {
  const contestants = new Map<P, Contestant>();
  try {
    for (const [peer, command] of peers) {
      const process = await PeerProcess.start(command);
      const contestant: Contestant = { process, count: size, slow: false, costs: [] };
      contestants.set(peer, contestant);
      if (!once) await calibrate(contestant, effort);
    }
    const all = [...contestants.values()];
    const slow = all.some((contestant) => contestant.slow);
    const rounds = once ? 1 : slow ? FEWEST_ROUNDS : effort.rounds;
    for (let round = 0; round < rounds; round += 1) {
      for (const { process, count, costs } of all) costs.push(costOf(await process.sample(count)));
    }
  } finally {
    const processes = [...contestants.values()].map(({ process }) => process);
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  }
  return new Map([...contestants].map(([peer, { costs }]) => [peer, costs]));
}

interface Contestant {
  readonly process: PeerProcess;
  /** Operations in a sample. */
  count: number;
  /** Whether a sample is much longer than it should be, because it comes in one piece. */
  slow: boolean;
  readonly costs: number[];
}

const FEWEST_ROUNDS = 3;
const SLOW = 8;

/** Warms a peer up, and finds how many operations fill a sample. */
async function calibrate(contestant: Contestant, effort: Effort): Promise<void> {
  let count = 1;
  let warm = 0;
  for (;;) {
    const { operations, cpu, wall } = await contestant.process.sample(count);
    warm += Math.max(cpu, wall);
    const filled = effort.cpu === 0 ? 1 : Math.max(cpu / effort.cpu, wall / effort.wall);
    if (filled >= 0.5 && warm >= effort.warmUp) {
      contestant.count = Math.ceil(operations / filled);
      contestant.slow = filled > SLOW;
      return;
    }
    count = Math.ceil(operations * Math.min(Math.max(1 / filled, 0.5), 10));
  }
}
