import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunReport } from './tally-reporter.ts';
import { root } from './tree.ts';

const folder = join(root, 'tools', 'fixtures', 'tally');

function runFixture(...filters: string[]): { status: number | null; lines: string[] } {
  rmSync(join(folder, '.reports'), { recursive: true, force: true });
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, ...filters],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { status, lines: stdout.trimEnd().split('\n') };
}

function readReport(name: string): RunReport {
  return JSON.parse(readFileSync(join(folder, '.reports', name), 'utf8')) as RunReport;
}

it('counts every way to fail, and ends with the count', () => {
  const { status, lines } = runFixture();
  expect(status).toBe(1);
  expect(lines.slice(-7)).toEqual([
    'skipped: tally > is skipped (needs nothing): needs nothing',
    'skipped: tally > is skipped just so: NO REASON GIVEN',
    'skipped: tally > skips itself: it says why',
    'skipped: tally > a suite (only on the moon) > is skipped with it: only on the moon',
    'skipped: tally > a hook > never runs: a hook of its suite failed',
    'failed: tally > is skipped just so: skipped without a reason',
    '3 passed, 5 failed, 5 skipped',
  ]);
  const report = readReport('complete-run.json');
  expect(report).toMatchObject({ complete: true, passed: 3, failed: 5, skipped: 5 });
  expect(report.passedTests).toEqual([
    'tally > passes',
    'tally > passes by failing (expected to fail)',
    'tally > leaves an error behind',
  ]);
  expect(report.failures.toSorted()).toEqual([
    'an error that no test caught: Nobody catches this',
    'tally > fails',
    'tally > is skipped just so: skipped without a reason',
    'tally > outcomes.case.ts > a hook: a hook',
    'tally > unloadable.case.ts: did not load',
  ]);
});

it.each([['outcomes.case.ts'], ['--testNamePattern=passes'], ['--project=tally']])(
  'does not take a run of %s for a complete one',
  (filter) => {
    runFixture(filter);
    expect(readReport('tests.json').complete).toBe(false);
    expect(() => readReport('complete-run.json')).toThrow('ENOENT');
  },
);
