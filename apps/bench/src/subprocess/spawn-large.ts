import type { Workload } from '../harness/workload.ts';
import { spawnByLoop, spawnByNode } from './spawn-children.ts';

/** The same from a process that holds memory, as one that has worked for a while does; the size is megabytes. */
export const workload: Workload = {
  name: 'spawn-large',
  title: 'spawn and wait, with memory in use:',
  unit: 'ns',
  cases: [{ label: '400 MB', size: 400, targets: [{ against: 'node', atLeast: 1 }] }],
  twins: {
    loop: async (megabytes) => holding(megabytes, await spawnByLoop(true)),
    node: (megabytes) => holding(megabytes, spawnByNode(true)),
  },
};

function holding<T extends (count: number) => unknown>(megabytes: number, run: T): T {
  // Written to: memory that nobody has touched is not there yet.
  const held = Buffer.alloc(megabytes << 20, 1);
  return ((count: number) => (held.length >= 0 ? run(count) : 0)) as T;
}
