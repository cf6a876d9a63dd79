/** Who is measured. Each runs in a process of its own, so that one's garbage is not another's cost. */
export const PEERS = [
  'loop',
  'node',
  'microtask',
  'effection',
  'effect',
  'asyncio',
  'uvloop',
] as const;
export type Peer = (typeof PEERS)[number];
export type PythonPeer = 'asyncio' | 'uvloop';
export type JavaScriptPeer = Exclude<Peer, PythonPeer>;

/** How a coroutine of ours is written; the peers know one style only and ignore it. */
export type Style = 'generator' | 'async';

/**
 * Does about `count` operations, settles once all of them are over, and answers how many they were:
 * a workload that comes in batches rounds up.
 */
export type Run = (count: number) => number | Promise<number>;

/** Sets a workload up at one size, outside of what is measured. */
type Twin = (size: number, style: Style) => Run | Promise<Run>;

/** What is wanted of ours: so many times a peer's rate, or so large a share of a peer's cost. */
export interface Target {
  /** The column that is asked, where it is not the first. */
  readonly of?: string;
  readonly against: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What would be better still. */
  readonly aim?: number;
  /** The first major version of Node that it is asked of. */
  readonly fromNode?: number;
}

/** One row of the table. */
export interface Case {
  /** What the row says after the workload's title. */
  readonly label: string;
  readonly size: number;
  readonly style?: Style;
  readonly targets?: readonly Target[];
}

/** A file of a suite's folder exports one of these as `workload`; the Python twin lies beside it. */
export interface Workload {
  /** The name of its file. */
  readonly name: string;
  readonly title: string;
  /** CPU time per operation, or memory per thing that is held. */
  readonly unit: 'ns' | 'bytes';
  readonly cases: readonly Case[];
  readonly twins: { readonly [P in JavaScriptPeer]?: Twin };
  /** The largest size that a peer is given, where it cannot do with more. */
  readonly upTo?: { readonly [P in Peer]?: number };
  /** The size from which on the cost may grow no faster than the logarithm of the size. */
  readonly growsFrom?: number;
}
