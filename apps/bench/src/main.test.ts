import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs the bench on the sources, as `pnpm bench` runs it on what was built. */
function bench(...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(
    process.execPath,
    ['--import', tsx, '--conditions=@loop/source', main, ...args],
    { timeout: 60_000 },
  );
}

describe('pnpm bench', () => {
  it('starts each peer in a process of its own, and prints them side by side', async () => {
    const { stdout } = await bench(
      'core',
      '--quick',
      '--only',
      'callbacks in a chain',
      '--peers',
      'loop,node,effect',
    );
    expect(stdout).toContain(`core: Node ${process.versions.node}`);
    expect(stdout).toMatch(/ loop +node +effect\n/);
    expect(stdout).toMatch(
      /\ncallbacks in a chain +~?[\d,.]+ +~?[\d,.]+ +[\d.,]+x *~?[\d,.]+ +[\d.,]+x\n/,
    );
  }, 60_000);

  it('starts each pool on an empty job', async () => {
    const { stdout } = await bench('executor', '--quick', '--only', 'empty job, threads');
    expect(stdout).toMatch(/ loop +piscina +tinypool +workerpool +python\n/);
    expect(stdout).toMatch(/\nempty job, threads, us +[\d,.]+(?: +[\d,.]+ +[\d.,]+x){3}/);
  }, 60_000);

  it('names the suites if asked for another one', async () => {
    await expect(bench('disk')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected one suite of core, ') as string,
    });
  }, 60_000);
});
