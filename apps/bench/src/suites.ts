import { coreSuite } from './core/suite.ts';
import { executorSuite } from './executor/suite.ts';
import type { Suite } from './harness/suite.ts';
import { netSuite } from './net/suite.ts';
import { subprocessSuite } from './subprocess/suite.ts';
import { timersSuite } from './timers/suite.ts';

/** What `pnpm bench` can be asked for, by name. */
export const suites: ReadonlyMap<string, Suite> = new Map(
  [coreSuite, netSuite, executorSuite, subprocessSuite, timersSuite].map((suite) => [
    suite.name,
    suite,
  ]),
);
