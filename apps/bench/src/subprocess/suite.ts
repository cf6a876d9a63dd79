import { choosePythons } from '../harness/peers.ts';
import { workloadSuite, type Suite } from '../harness/suite.ts';
import type { Workload } from '../harness/workload.ts';
import { workload as pipeBuffered } from './pipe-buffered.ts';
import { workload as pipeThrough } from './pipe-through.ts';
import { workload as spawnLarge } from './spawn-large.ts';
import { workload as spawnWait } from './spawn-wait.ts';

export const subprocessWorkloads: readonly Workload[] = [
  spawnWait,
  spawnLarge,
  pipeThrough,
  pipeBuffered,
];

/** `pnpm bench subprocess`: children and their pipes. */
export const subprocessSuite: Suite = workloadSuite('subprocess', subprocessWorkloads, (columns) =>
  describePythons(columns),
);

function describePythons(columns: readonly string[]): readonly string[] {
  const { asyncio, uvloop } = choosePythons();
  return [
    ...(columns.includes('asyncio') && asyncio ? [`asyncio of Python ${asyncio.version}`] : []),
    ...(columns.includes('uvloop') && uvloop
      ? [`uvloop ${uvloop.uvloop} on Python ${uvloop.version}`]
      : []),
  ];
}
