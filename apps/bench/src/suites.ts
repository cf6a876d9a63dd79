import { coreSuite } from './core/suite.ts';
import type { Suite } from './harness/suite.ts';

/** What `pnpm bench` can be asked for, by name. */
export const suites: ReadonlyMap<string, Suite> = new Map(
  [coreSuite].map((suite) => [suite.name, suite]),
);
