import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { buildLibrary } from '../test/built-library.ts';
import '../test/needs-ffi.ts';

const library = buildLibrary();
const folder = dirname(library.file('index.js'));
const elsewhere = mkdtempSync(join(tmpdir(), 'posix-'));
cpSync(folder, elsewhere, { recursive: true });
// Nothing that happens to be installed further up is found past this one, which cannot be loaded.
mkdirSync(join(elsewhere, 'node_modules/koffi'));
writeFileSync(join(elsewhere, 'node_modules/koffi/package.json'), '{ "main": "missing.js" }');
afterAll(() => {
  library[Symbol.dispose]();
  rmSync(elsewhere, { recursive: true });
});

async function output(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return stderr + stdout;
}

it.each([1, 2, 3])(
  'does not crash whatever it is called with (seed %d)',
  async (seed) => {
    const program = fileURLToPath(new URL('../test/fixtures/misuse.mjs', import.meta.url));
    expect(await output([program, folder, String(seed), '20000'])).toBe('');
  },
  60_000,
);

describe('where there is no FFI', () => {
  const program = `
    const [at, platform] = process.argv.slice(1);
    if (platform) Object.defineProperty(process, 'platform', { value: platform });
    const posix = await import(at + '/index.js');
    const messages = [
      () => new posix.Socket(),
      () => posix.pipe(),
      () => new posix.DefaultSelector().register(0, 1),
    ].map((call) => { try { call(); } catch (error) { return error.name + ': ' + error.message; } });
    const lookup = await posix.getaddrinfo('localhost', 1).catch((error) => error.name);
    console.log(JSON.stringify([posix.isSupported(), posix.AF_INET6, ...messages, lookup]));`;
  const run = async (at: string, platform = ''): Promise<unknown> =>
    JSON.parse(await output(['--input-type=module', '-e', program, at, platform]));

  it('names koffi when it is not installed', async () => {
    const missing =
      'NotImplementedError: @loop/posix needs the package koffi, which is not installed: npm install koffi';
    expect(await run(elsewhere)).toEqual([
      false,
      10,
      missing,
      missing,
      missing,
      'NotImplementedError',
    ]);
  });

  it('can be imported on a platform it does not know, and says so when it is used', async () => {
    const unknown =
      'NotImplementedError: @loop/posix cannot use the C library of this process: no support for win32-';
    expect(await run(folder, 'win32')).toEqual([
      false,
      10,
      expect.stringContaining(unknown),
      expect.stringContaining(unknown),
      expect.stringContaining(unknown),
      'NotImplementedError',
    ]);
  });
});
