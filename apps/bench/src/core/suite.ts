import { choosePythons } from '../harness/peers.ts';
import { workloadSuite, type Suite } from '../harness/suite.ts';
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

/** `pnpm bench core`: scheduling, without any I/O. */
export const coreSuite: Suite = workloadSuite(
  'core',
  [
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
  ],
  software,
);

function software(): readonly string[] {
  const { asyncio, uvloop } = choosePythons();
  return [
    `effection ${packageVersion('effection')}, effect ${packageVersion('effect')}`,
    asyncio === undefined
      ? 'asyncio: no Python 3.11 or newer was found'
      : `asyncio of Python ${asyncio.version}`,
    uvloop === undefined
      ? 'uvloop: no Python that was found has it'
      : `uvloop ${uvloop.uvloop} on Python ${uvloop.version}`,
  ];
}
