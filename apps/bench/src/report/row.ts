import type { Target } from '../harness/workload.ts';

/** What was measured of one workload at one size. */
export interface Row {
  readonly title: string;
  readonly unit: 'ns' | 'us' | 'bytes' | 'per second';
  /** The column that the others are compared with. */
  readonly ours: string;
  /** Per column, the cost in each round; a peer that has no such thing is absent. */
  readonly costs: ReadonlyMap<string, readonly number[]>;
  readonly targets: readonly Target[];
  /** How many in a second are wanted of ours, whatever the others do. */
  readonly wantedRate?: number;
  /** How much ours may be, whatever the others are. */
  readonly wantedAtMost?: number;
  /** Columns whose figures are held back by what drives them. */
  readonly limited?: ReadonlySet<string>;
  /** Why there are no figures at all. */
  readonly omitted?: string;
  /** Rows of one series may cost more with their size, but from `from` on only as its logarithm. */
  readonly growth?: { readonly series: string; readonly size: number; readonly from: number };
}
