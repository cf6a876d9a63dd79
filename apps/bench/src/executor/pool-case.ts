import type { Target } from '../harness/workload.ts';

/** Who is measured: the columns, ours first. */
export const LIBRARIES = ['loop', 'piscina', 'tinypool', 'workerpool', 'python'] as const;
export type Library = (typeof LIBRARIES)[number];

/** Where jobs run, or whose loop is called. */
export type Place = 'threads' | 'interpreters' | 'processes' | 'the loop' | 'another thread';

/** One row of the table. */
export interface PoolCase {
  readonly title: string;
  readonly place: Place;
  /** A function of `jobs.js` and its like, and of `jobs.py`. */
  readonly job: 'empty' | 'oneMillisecond' | 'sizeOf' | 'giveBack';
  /** What it is called with: nothing, or so many bytes. */
  readonly argument?: 'copied' | 'moved';
  /** How many jobs are submitted, before they are awaited together. */
  readonly batch: number;
  readonly targets: readonly Target[];
  /** How many in a second are wanted, whoever else is measured. */
  readonly wantedRate?: number;
}

export const BYTES = 10_000_000;

const asFastAs = (...libraries: readonly Library[]): readonly Target[] =>
  libraries.map((against) => ({ against, atLeast: 1 }));
const threadPools = asFastAs('piscina', 'tinypool', 'workerpool');
const processPools = asFastAs('tinypool', 'workerpool');
const empty = { job: 'empty', batch: 1000 } as const;
const oneMillisecond = { job: 'oneMillisecond', batch: 50 } as const;
const copied = { job: 'sizeOf', argument: 'copied', batch: 4 } as const;

export const poolCases: readonly PoolCase[] = [
  { title: 'empty job, threads', place: 'threads', ...empty, targets: threadPools },
  { title: 'empty job, interpreters', place: 'interpreters', ...empty, targets: [] },
  {
    title: 'empty job, processes',
    place: 'processes',
    ...empty,
    targets: [...processPools, { against: 'python', atLeast: 10 }],
  },
  { title: 'empty job by runInExecutor, threads', place: 'the loop', ...empty, targets: [] },
  { title: '1 ms job, threads', place: 'threads', ...oneMillisecond, targets: threadPools },
  { title: '1 ms job, processes', place: 'processes', ...oneMillisecond, targets: processPools },
  { title: '10 MB copied, threads', place: 'threads', ...copied, targets: threadPools },
  { title: '10 MB copied, processes', place: 'processes', ...copied, targets: processPools },
  {
    title: '10 MB moved there and back, threads',
    place: 'threads',
    job: 'giveBack',
    argument: 'moved',
    batch: 16,
    targets: threadPools,
  },
  {
    title: 'callSoonThreadsafe from another thread',
    place: 'another thread',
    ...empty,
    targets: [],
    wantedRate: 500_000,
  },
];
