import type { Row } from '../report/row.ts';
import { FULL, measureCase, QUICK } from './measure-case.ts';
import { choosePythons, isPythonPeer, peerCommand, type Command } from './peers.ts';
import type { Sample } from './serve-samples.ts';
import { PEERS, type Case, type Peer, type Workload } from './workload.ts';

/** What the command line asks of a suite. */
export interface SuiteOptions {
  /** Only prove that everything starts. */
  readonly quick: boolean;
  /** Only rows whose title contains this. */
  readonly only: string;
  /** Only these columns; all where it is empty. */
  readonly peers: readonly string[];
  readonly rounds: number | undefined;
}

/** A table of `pnpm bench`. */
export interface Suite {
  readonly name: string;
  /** Who is measured, ours first: the columns. */
  readonly columns: readonly string[];
  /** What the given columns are the figures of, beyond Node and the machine. */
  readonly software: (columns: readonly string[]) => readonly string[];
  /** What a figure is, for the line above the table; by default CPU time in nanoseconds. */
  readonly figures?: string;
  measure(options: SuiteOptions): AsyncIterable<Row>;
}

// At its quickest a workload is set up no larger than this.
const QUICK_SIZE = 100;

/** A suite of workloads that each run in one process: no servers, no clients. */
export function workloadSuite(
  name: string,
  workloads: readonly Workload[],
  software: Suite['software'],
): Suite {
  return {
    name,
    columns: PEERS,
    software,
    async *measure({ quick, only, peers, rounds }) {
      const chosen = PEERS.filter((peer) => peers.length === 0 || peers.includes(peer));
      const pythons = chosen.some(isPythonPeer) ? choosePythons() : {};
      const effort = quick ? QUICK : FULL;
      for (const { workload, case_ } of casesOf(workloads, quick)) {
        const title = titleOf(workload, case_);
        if (!title.includes(only)) continue;
        const commands = new Map<Peer, Command>();
        for (const peer of chosen) {
          const command = peerCommand(peer, name, workload, case_, pythons);
          if (command !== undefined) commands.set(peer, command);
        }
        const { size } = case_;
        const measured =
          workload.unit === 'bytes'
            ? { size, costOf: bytesOf, once: true }
            : { size, costOf: cpuTimeOf };
        const costs = await measureCase(commands, measured, {
          ...effort,
          rounds: rounds ?? effort.rounds,
        });
        yield rowOf(workload, case_, costs);
      }
    },
  };
}

function cpuTimeOf({ cpu, operations }: Sample): number {
  return (cpu * 1e9) / operations;
}

function bytesOf({ bytes, operations }: Sample): number {
  return bytes / operations;
}

function* casesOf(
  workloads: readonly Workload[],
  quick: boolean,
): Generator<{ workload: Workload; case_: Case }> {
  for (const workload of workloads) {
    for (const case_ of workload.cases) {
      const size = quick ? Math.min(case_.size, QUICK_SIZE) : case_.size;
      yield { workload, case_: { ...case_, size } };
    }
  }
}

function titleOf(workload: Workload, { label }: Case): string {
  return `${workload.title} ${label}`.trim();
}

function rowOf(workload: Workload, case_: Case, costs: ReadonlyMap<Peer, readonly number[]>): Row {
  return {
    title: titleOf(workload, case_),
    unit: workload.unit,
    ours: 'loop',
    costs,
    targets: case_.targets ?? [],
    ...(workload.growsFrom !== undefined && {
      growth: { series: workload.title, size: case_.size, from: workload.growsFrom },
    }),
  };
}
