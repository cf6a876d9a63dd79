import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dirname } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildLibrary } from '../../test/built-library.ts';
import '../../test/needs-ffi.ts';

const library = buildLibrary();
afterAll(() => library[Symbol.dispose]());

const folder = dirname(library.file('index.js'));
const program = fileURLToPath(new URL('../../test/fixtures/wake-program.mjs', import.meta.url));
const churn = fileURLToPath(new URL('../../test/fixtures/worker-churn.mjs', import.meta.url));

it.each([
  ['loaded by workers only', 'workers-only'],
  ['loaded by the main thread too', 'koffi-first'],
])(
  'ends 250 busy workers in five ways, with the C library %s: no crash, no descriptor left',
  async (_, first) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      churn,
      folder,
      '250',
      first,
    ]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ started: 250, busy: 250, left: 0 });
  },
  300_000,
);

it.each([
  ['unreferenced', 'unreferenced'],
  ['throws', 'thrown in turn 1 thrown in turn 2 third turn'],
  ['rejects', 'Error: rejected in a turn'],
  ['exits', 'exit in a turn'],
  ['referenced', 'signalled'],
])('a process with a busy wake-up that is or does: %s', async (scenario, trace) => {
  const args = [program, folder, scenario];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  expect(stderr).toBe('');
  expect(stdout).toBe(`${trace}\n`);
});
