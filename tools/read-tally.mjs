/**
 * Reads for .ci/run what a run of the tests left in .reports/tests.json:
 *
 *   node tools/read-tally.mjs counts   passed, failed and skipped, as three numbers
 *   node tools/read-tally.mjs names    what failed, and what was skipped for which reason
 */
import { readFileSync } from 'node:fs';

/** @type {import('./tally-reporter.ts').RunReport} */
const report = JSON.parse(readFileSync('.reports/tests.json', 'utf8'));

if (process.argv[2] === 'counts') {
  console.log(report.passed, report.failed, report.skipped);
} else {
  for (const failure of report.failures) console.log(`failed: ${failure}`);
  for (const { title, reason } of report.skips) console.log(`skipped: ${title}: ${reason}`);
}
