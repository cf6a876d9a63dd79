import { mkdirSync, writeFileSync } from 'node:fs';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  Vitest,
} from 'vitest/node';
import { skipReason } from './skip-reason.ts';

const noReason = ': skipped without a reason';

/** What a run leaves behind in .reports/tests.json, for .ci/run and `pnpm spec`. */
export interface RunReport {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Every test file of every project took part, none of them filtered. */
  complete: boolean;
  passed: number;
  failed: number;
  skipped: number;
  /** Full titles: `project > suite > test`. */
  passedTests: string[];
  failures: string[];
  skips: { title: string; reason: string }[];
}

/**
 * Prints every skipped test with its reason and then `N passed, N failed[, N skipped]` as the last
 * line of a run, and leaves the same in .reports/tests.json (and, if nothing was filtered out, in
 * .reports/complete-run.json).
 *
 * A file that does not load, a failing hook, an unhandled error, and in a complete run a skip
 * without a reason, each count as one failure: none of them shows up as a failed test.
 */
export default class TallyReporter implements Reporter {
  #vitest: Vitest | undefined;
  #startedAt = 0;
  #complete = false;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    this.#startedAt = Date.now();
    const { config } = this.#vitest!;
    const everything = await this.#vitest!.globTestSpecifications();
    this.#complete =
      config.project.length === 0 &&
      config.testNamePattern === undefined &&
      config.shard === undefined &&
      specifications.length === everything.length;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly { message: string }[],
    reason: TestRunEndReason,
  ): void {
    const report: RunReport = {
      startedAt: this.#startedAt,
      complete: this.#complete && reason !== 'interrupted',
      passed: 0,
      failed: 0,
      skipped: 0,
      passedTests: [],
      failures: unhandledErrors.map(
        ({ message }) => `an error that no test caught: ${message.split('\n', 1)[0]}`,
      ),
      skips: [],
    };
    for (const module of modules) addModule(report, module);
    if (report.complete) {
      for (const skip of report.skips.filter((each) => each.reason === '')) {
        report.failures.push(skip.title + noReason);
      }
    }
    if (reason !== 'passed' && report.failures.length === 0) report.failures.push(`run ${reason}`);
    report.passed = report.passedTests.length;
    report.failed = report.failures.length;
    report.skipped = report.skips.length;
    if (report.failed > 0) process.exitCode = 1;

    const folder = `${this.#vitest!.config.root}/.reports`;
    const text = `${JSON.stringify(report, null, 1)}\n`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/tests.json`, text);
    if (report.complete) writeFileSync(`${folder}/complete-run.json`, text);
    process.once('exit', () => {
      console.log(closingLines(report));
    });
  }
}

function addModule(report: RunReport, module: TestModule): void {
  const file = `${module.project.name} > ${module.relativeModuleId}`;
  for (const _ of module.errors()) report.failures.push(`${file}: did not load`);
  for (const suite of module.children.allSuites()) {
    for (const _ of suite.errors()) report.failures.push(`${file} > ${suite.fullName}: a hook`);
  }
  for (const test of module.children.allTests()) addTest(report, test);
}

function addTest(report: RunReport, test: TestCase): void {
  const title = `${test.project.name} > ${test.fullName}`;
  const result = test.result();
  if (result.state === 'passed') {
    // A test that passes because it fails proves nothing.
    report.passedTests.push(test.options.fails === true ? `${title} (expected to fail)` : title);
  } else if (result.state === 'skipped') {
    report.skips.push({ title, reason: skipReason(test) });
  } else {
    report.failures.push(title);
  }
}

function closingLines(report: RunReport): string {
  const { passed, failed, skipped } = report;
  const lines: string[] = [];
  // With a name pattern most tests are skipped, and everyone knows why.
  if (report.complete) {
    for (const { title, reason } of report.skips) {
      lines.push(`skipped: ${title}: ${reason || 'NO REASON GIVEN'}`);
    }
    const unexplained = report.failures.filter((each) => each.endsWith(noReason));
    for (const each of unexplained) lines.push(`failed: ${each}`);
  }
  lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return lines.join('\n');
}
