import type { Case, Workload } from '../harness/workload.ts';
import { throughLoop, throughNode } from './pipe-meter.ts';

/** Bytes go through `cat` and back; an operation is one write of so many bytes, and their arrival. The child lives from sample to sample. */
export const workload: Workload = {
  name: 'pipe-through',
  title: 'through cat and back, in writes of',
  unit: 'ns',
  cases: [caseOf(1), caseOf(16), caseOf(64), caseOf(256)],
  twins: { loop: (size) => throughLoop(size, false), node: throughNode },
};

function caseOf(kilobytes: number): Case {
  return {
    label: `${kilobytes} KiB`,
    size: kilobytes * 1024,
    targets: [
      { against: 'node', atLeast: 2 },
      { against: 'uvloop', atLeast: 1 },
    ],
  };
}
