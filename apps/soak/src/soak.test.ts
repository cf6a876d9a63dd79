import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HELP, readOptions } from './options.ts';
import { Random } from './random.ts';
import { leaks, type Resources } from './resources.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const flags = ['--expose-gc', '--import', 'tsx', '--conditions=@loop/source', main];

const none: Resources = {
  descriptors: new Map(),
  children: 0,
  threads: 4,
  handles: new Map(),
  heap: 1000,
};

describe('a soak', () => {
  it.skipIf(process.platform !== 'linux').each([
    ['selector', '150'],
    ['proactor', '100'],
  ])('ends with nothing left on the %s (needs Linux)', async (backend, count) => {
    const how = ['--count', count, '--seed', '7', '--backend', backend];
    const { stdout } = await run(process.execPath, [...flags, ...how]);
    expect(stdout).toContain('seed 7: again with --seed 7');
    expect(stdout).toMatch(/tcp echo +\d+ done/);
    expect(stdout).toMatch(/nothing has leaked\n$/);
  });

  it('says which scenarios there are not, and what it takes', async () => {
    const failed = run(process.execPath, [...flags, '--only', 'nothing']);
    const stderr = expect.stringMatching(/Expected --only to be .* got "nothing"[^]*--backend/);
    await expect(failed).rejects.toMatchObject({ code: 2, stdout: '', stderr });
  });

  it.each([
    ['--seconds', 'soon', 'an integer from 1 up'],
    ['--seed', '-1', 'an integer from 0 up'],
    ['--side', '', 'an integer from 1 up'],
    ['--backend', 'other', 'selector or proactor'],
  ])('refuses %s=%s', (option, value, expected) => {
    const refusal = `Expected ${option} to be ${expected}, got "${value}"`;
    expect(() => readOptions([`${option}=${value}`])).toThrow(new RangeError(refusal));
  });

  it('takes what it tells that it takes', () => {
    const told = HELP.matchAll(/^ {2}(--\w+) +([A-Z]*)/gm);
    const args = [...told].flatMap(([, option = '', value]) => {
      if (value === '') return [option];
      return [option, option === '--backend' ? 'proactor' : '7'];
    });
    expect(readOptions(args)).toEqual({
      help: true,
      seconds: 7,
      count: 7,
      seed: 7,
      side: 7,
      only: '7',
      backend: 'proactor',
    });
  });

  it('makes the same choices again from the same seed', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return [random.integer(0, 1e9), random.fork().integer(0, 1e9), random.size(1e6)];
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('names what has leaked, by kind', () => {
    const after = { ...none, descriptors: new Map([['socket', 2]]), children: 1, heap: 2000 };
    expect(leaks(none, none, 0)).toEqual([]);
    expect(leaks(none, after, 500)).toEqual([
      '2 more descriptor socket (0, then 2)',
      '1 more children (0, then 1)',
      '500 more bytes of heap (1500, then 2000)',
    ]);
  });
});
