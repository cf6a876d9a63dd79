import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

const program = fileURLToPath(new URL('../../test/fixtures/writes-lines.ts', import.meta.url));
// A container may have it, and forbid it.
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** The system calls by which a program sends the pieces, as strace writes them. */
async function callsOf(name: string): Promise<string[]> {
  using folder = new TemporaryFolder();
  // A file for each thread: in one file a call may be cut in two by what another thread calls meanwhile.
  const strace = ['-ff', '-o', folder.file('calls'), '-e', 'trace=write,writev,sendto,sendmsg'];
  const node = [process.execPath, '-C', '@loop/source', '--import', 'tsx', program, name];
  const { stdout } = await promisify(execFile)('strace', [...strace, ...node], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(stdout).toBe('one|two|three|\n');
  const files = await readdir(folder.path);
  const calls = await Promise.all(files.map((name) => readFile(join(folder.path, name), 'utf8')));
  const lines = calls.flatMap((text) => text.split('\n'));
  return lines.filter((line) => line.includes('two|') && !line.includes('write(1,'));
}

describe.skipIf(!canTrace)('writelines() (needs strace)', () => {
  it.each(backends)('TR-014 is one system call, with %s', async (name, _, backend) => {
    const calls = await callsOf(name);
    expect(calls).toHaveLength(1);
    // Node's stream keeps a copy in one piece.
    const pieces =
      backend === 'selector'
        ? /writev\(\d+, \[.*"one\|".*"two\|".*"three\|".*\], 3\) = 14$/
        : /write\(\d+, "one\|two\|three\|", 14\)\s+= 14$/;
    expect(calls[0]).toMatch(pieces);
  });
});
