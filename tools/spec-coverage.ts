/**
 * Which items of docs/spec are shown by a test: those whose ID stands in the title of a test that
 * ran and passed.
 *
 *   pnpm spec           prints the table and the IDs that are missing; fails if there are any
 *   pnpm spec --write   puts the table into README.md
 *   pnpm spec --check   fails as well if README's table is out of date
 *   pnpm spec --last    uses the last complete run of the tests, however old
 *
 * The tests are run first unless the last complete run is newer than every file it read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coverageOf } from './spec/coverage.ts';
import { idRanges } from './spec/id-ranges.ts';
import { itemsOf, reasonsOf } from './spec/items.ts';
import { tableOf, staleRows, withTable } from './spec/readme-table.ts';
import type { RunReport } from './tally-reporter.ts';
import { filesBelow, root, textOf } from './tree.ts';

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    last: { type: 'boolean', default: false },
  },
});

const run = lastRun(options.last) ?? runTests();
const { reasons, problems } = reasonsOf(textOf('docs/spec/not-applicable.md'));
const items = ['core', 'net'].flatMap((name) => {
  const file = `docs/spec/${name}.md`;
  return itemsOf(file, textOf(file));
});
const coverage = coverageOf({ items, run, reasons });
problems.push(...coverage.problems);
if (run.failed > 0) console.log(`Note: ${run.failed} failed in this run of the tests.\n`);

console.log(tableOf(coverage.rows));
console.log('\nMissing:');
for (const { missing, skippedHere } of coverage.rows) {
  if (missing.length > 0) console.log(idRanges(missing));
  if (skippedHere.length > 0) console.log(`  of these only skipped here: ${idRanges(skippedHere)}`);
}
if (reasons.size > 0) console.log('\nNot applicable:');
for (const [id, reason] of reasons) console.log(`${id}: ${reason}`);

const readme = join(root, 'README.md');
if (options.write) {
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), tableOf(coverage.rows)));
} else if (options.check) {
  const stale = staleRows(readFileSync(readme, 'utf8'), coverage.rows);
  if (stale.length > 0) {
    problems.push(
      `README.md's table is out of date at ${stale.join(', ')}: run \`pnpm spec --write\``,
    );
  }
}
for (const problem of problems) console.error(`\nWrong: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function lastRun(howeverOld: boolean): RunReport | undefined {
  const path = join(root, '.reports', 'complete-run.json');
  if (!existsSync(path)) return undefined;
  const report = JSON.parse(readFileSync(path, 'utf8')) as RunReport;
  if (howeverOld) return report;
  const read = ['packages', 'apps', 'tools'].flatMap((folder) => filesBelow(folder));
  const changed = [...read, 'vitest.config.ts', 'pnpm-lock.yaml'].some(
    (file) => statSync(join(root, file)).mtimeMs > report.startedAt,
  );
  return changed ? undefined : report;
}

function runTests(): RunReport {
  console.log('Running the tests first: there is no complete run of them as they are.\n');
  spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: root,
    stdio: 'inherit',
  });
  console.log();
  const report = lastRun(true);
  if (report === undefined) throw new Error('The run of the tests left no report');
  return report;
}
