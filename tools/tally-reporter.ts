import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';

/**
 * Prints `N passed, N failed, N skipped` as the last line of a run, and leaves
 * the same numbers in .reports/tests.json for .ci/run to add up.
 *
 * A file that does not load, a failing hook and an unhandled error each count
 * as one failure: none of them shows up as a failed test.
 */
export default class TallyReporter implements Reporter {
  #root = process.cwd();

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'skipped') tally[state] += 1;
        else tally.failed += 1;
      }
    }
    if (reason !== 'passed' && tally.failed === 0) tally.failed = 1;

    mkdirSync(`${this.#root}/.reports`, { recursive: true });
    writeFileSync(`${this.#root}/.reports/tests.json`, `${JSON.stringify(tally)}\n`);
    const { passed, failed, skipped } = tally;
    process.once('exit', () => {
      console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
    });
  }
}
