import type { Case, Workload } from '../harness/workload.ts';
import { throughLoop, throughNode } from './pipe-meter.ts';

/** The same, read into memory that the protocol has; nobody else has such a thing for pipes. */
export const workload: Workload = {
  name: 'pipe-buffered',
  title: 'the same into memory of ours, in writes of',
  unit: 'ns',
  cases: [caseOf(1), caseOf(16), caseOf(64), caseOf(256)],
  twins: { loop: (size) => throughLoop(size, true), node: throughNode },
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
