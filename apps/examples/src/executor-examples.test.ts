import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Runs an example to its end: the lines that it printed. */
async function output(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file]);
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

it('EXEC-016 EXEC-034 reads and computes in four pools, and starts no program in their workers', async () => {
  expect(await output('run-in-executor.ts')).toEqual([
    expect.stringMatching(/^default thread pool [0-9a-f]{200}$/),
    expect.stringMatching(/^custom thread pool [0-9a-f]{200}$/),
    'custom process pool 333333283333335000000',
    'custom interpreter pool 333333283333335000000',
  ]);
});

it('CB-008 HL-024 lets a job on another thread call the loop while it computes', async () => {
  expect(await output('other-thread.ts')).toEqual([
    '25 % done',
    '50 % done',
    '75 % done',
    '100 % done',
    'The sum is 3338335000',
  ]);
});

it('EXEC-001 EXEC-021 takes an executor that hands jobs to a cluster', async () => {
  expect(await output('cluster-executor.ts')).toEqual([
    'Another process answers.',
    '55',
    '5050',
    '500500',
  ]);
});
