import type { Workload } from '../harness/workload.ts';
import { spawnByLoop, spawnByNode } from './spawn-children.ts';

/** A child that does nothing, from its start to the news of its end; the size is the number of its pipes. */
export const workload: Workload = {
  name: 'spawn-wait',
  title: 'spawn and wait',
  unit: 'ns',
  cases: [
    { label: '(no pipes)', size: 0, targets: [{ against: 'node', atLeast: 1 }] },
    { label: '(three pipes)', size: 3, targets: [{ against: 'node', atLeast: 1 }] },
  ],
  twins: {
    loop: (pipes) => spawnByLoop(pipes > 0),
    node: (pipes) => spawnByNode(pipes > 0),
  },
};
