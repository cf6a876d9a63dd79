import { readSync } from 'node:fs';
import type { Run, Workload } from './workload.ts';

/** What one sample cost: seconds, or bytes that are held after it. */
export interface Sample {
  readonly operations: number;
  readonly cpu: number;
  readonly wall: number;
  readonly bytes: number;
}

/**
 * The program of a peer: says `{"ready":true}`, then answers each line of standard input, a number of
 * operations, with a line of JSON: what they cost. Input is read by blocking, so that between two samples
 * nothing of the harness is pending in Node's loop, and nothing of it is woken during one.
 */
export async function serveSamples(run: Run, unit: Workload['unit']): Promise<never> {
  answer({ ready: true });
  for (let count = readCommand(); count !== undefined; count = readCommand()) {
    answer(await takeSample(run, count, unit));
  }
  // What a workload left pending is not worth waiting for.
  process.exit(0);
}

async function takeSample(run: Run, count: number, unit: Workload['unit']): Promise<Sample> {
  const bytes = unit === 'bytes' ? bytesInUse() : 0;
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const operations = await run(count);
  const used = process.cpuUsage(cpu);
  return {
    operations,
    cpu: (used.user + used.system) / 1e6,
    wall: (performance.now() - wall) / 1000,
    bytes: unit === 'bytes' ? bytesInUse() - bytes : 0,
  };
}

/** What is reachable: the heap after a full collection, and what lies outside of it. */
function bytesInUse(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Memory is measured under node --expose-gc');
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const input = Buffer.alloc(64);

function readCommand(): number | undefined {
  const length = readSync(0, input);
  return length === 0 ? undefined : Number(input.toString('latin1', 0, length));
}

function answer(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
