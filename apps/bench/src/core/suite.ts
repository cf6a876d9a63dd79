import { choosePythons } from '../harness/peers.ts';
import { workloadSuite, type Suite } from '../harness/suite.ts';
import type { Workload } from '../harness/workload.ts';
import { packageVersion } from '../report/machine.ts';
import { workload as callbackBatch } from './callback-batch.ts';
import { workload as callbackChain } from './callback-chain.ts';
import { workload as contextVariable } from './context-variable.ts';
import { workload as futureWake } from './future-wake.ts';
import { workload as gather } from './gather.ts';
import { workload as memoryTask } from './memory-task.ts';
import { workload as memoryTimer } from './memory-timer.ts';
import { workload as taskCreate } from './task-create.ts';
import { workload as taskSwitch } from './task-switch.ts';
import { workload as timerCancel } from './timer-cancel.ts';
import { workload as timerFire } from './timer-fire.ts';
import { workload as timerReplace } from './timer-replace.ts';

export const coreWorkloads: readonly Workload[] = [
  callbackBatch,
  callbackChain,
  timerCancel,
  timerReplace,
  timerFire,
  taskSwitch,
  taskCreate,
  futureWake,
  contextVariable,
  gather,
  memoryTask,
  memoryTimer,
];

/** `pnpm bench core`: scheduling, without any I/O. */
export const coreSuite: Suite = workloadSuite('core', coreWorkloads, software);

function software(columns: readonly string[]): readonly string[] {
  const libraries = ['effection', 'effect']
    .filter((name) => columns.includes(name))
    .map((name) => `${name} ${packageVersion(name)}`);
  return [...libraries, ...describePythons(columns)];
}

function describePythons(columns: readonly string[]): readonly string[] {
  if (!columns.includes('asyncio') && !columns.includes('uvloop')) return [];
  const { asyncio, uvloop } = choosePythons();
  return [
    asyncio === undefined
      ? 'asyncio: no Python 3.11 or newer was found'
      : `asyncio of Python ${asyncio.version}`,
    uvloop === undefined
      ? 'uvloop: no Python that was found has it'
      : `uvloop ${uvloop.uvloop} on Python ${uvloop.version}`,
  ];
}
