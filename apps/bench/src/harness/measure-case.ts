import type { Sample } from './child.ts';
import { PeerProcess } from './peer-process.ts';
import { peerCommand, type Pythons } from './peers.ts';
import type { Case, Peer, Workload } from './workload.ts';

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

/** Per peer, what an operation cost in each round: nanoseconds or bytes. */
export type Measurements = ReadonlyMap<Peer, readonly number[]>;

/**
 * Measures a case with all its peers, in alternation: every round asks each of them for one
 * sample, so that a busy moment of the machine hits all alike.
 */
export async function measureCase(
  suite: string,
  workload: Workload,
  case_: Case,
  peers: readonly Peer[],
  pythons: Pythons,
  effort: Effort,
): Promise<Measurements> {
  const contestants: Contestant[] = [];
  try {
    for (const peer of peers) {
      const command = peerCommand(peer, suite, workload, case_, pythons);
      if (command === undefined) continue;
      const process = await PeerProcess.start(command);
      const contestant: Contestant = { peer, process, count: case_.size, slow: false, costs: [] };
      contestants.push(contestant);
      // Memory is taken from the first sample of a process: there is nothing to warm up.
      if (workload.unit === 'ns') await calibrate(contestant, effort);
    }
    const slow = contestants.some((contestant) => contestant.slow);
    const rounds = workload.unit === 'bytes' ? 1 : slow ? FEWEST_ROUNDS : effort.rounds;
    for (let round = 0; round < rounds; round += 1) {
      for (const { process, count, costs } of contestants) {
        costs.push(costOf(workload, await process.sample(count)));
      }
    }
  } finally {
    await Promise.all(contestants.map(({ process }) => process[Symbol.asyncDispose]()));
  }
  return new Map(contestants.map(({ peer, costs }) => [peer, costs]));
}

interface Contestant {
  readonly peer: Peer;
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

function costOf(workload: Workload, { operations, cpu, bytes }: Sample): number {
  return workload.unit === 'bytes' ? bytes / operations : (cpu * 1e9) / operations;
}
