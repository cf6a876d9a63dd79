import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { buildLibrary } from '../../test/built-library.ts';
import { TestAuthority } from '../../test/certificates.ts';
import '../../test/needs-ffi.ts';

const MIB = 1024 * 1024;

const library = buildLibrary();
const authority = new TestAuthority();
afterAll(() => {
  library[Symbol.dispose]();
  authority[Symbol.dispose]();
});
authority.issue('localhost');

async function run(program: string, ...args: number[]): Promise<string> {
  const fixture = fileURLToPath(new URL(`../../test/fixtures/${program}`, import.meta.url));
  const files = ['localhost.pem', 'localhost.key'].map((name) => join(authority.folder, name));
  const options = ['--expose-gc', fixture, library.file('internal.js'), ...files];
  const command = [...options, ...args.map(String)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command);
  expect(stderr).toBe('');
  return stdout;
}

interface Report {
  readonly ended: number;
  readonly grown: number;
}

// A connection has 30 KiB and more: were one in a hundred lost, it would show.
it('keeps nothing of 3000 handshakes, resumed, failed or left to the collector', async () => {
  const { grown } = JSON.parse(await run('tls-handshakes.mjs', 3000)) as { grown: number };
  expect(grown).toBeLessThan(8 * MIB);
}, 300_000);

it('ends with its worker, whatever that is doing', async () => {
  const { ended, grown } = JSON.parse(await run('tls-workers.mjs', 60)) as Report;
  expect(ended).toBe(60);
  expect(grown).toBeLessThan(16 * MIB);
}, 300_000);

it.each([1, 2, 3, 4])(
  'survives whatever it is called with, in any order (seed %d)',
  async (seed) => {
    expect(await run('tls-misuse.mjs', seed, 20_000)).toBe('');
  },
  300_000,
);
