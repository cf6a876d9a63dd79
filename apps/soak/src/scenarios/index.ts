import type { Scenario } from '../scenario.ts';
import { childScenarios } from './children.ts';
import { datagramScenarios } from './datagrams.ts';
import { echoScenarios } from './echo.ts';
import { fileScenarios } from './files.ts';
import { jobScenarios } from './jobs.ts';
import { loopScenarios } from './loops.ts';
import { startTlsScenarios } from './start-tls.ts';
import { taskScenarios } from './tasks.ts';

/** All of them. */
export const scenarios: readonly Scenario[] = [
  ...taskScenarios,
  ...echoScenarios,
  ...startTlsScenarios,
  ...fileScenarios,
  ...datagramScenarios,
  ...childScenarios,
  ...jobScenarios,
  ...loopScenarios,
];
