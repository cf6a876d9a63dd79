import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
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
  it.skipIf(process.platform !== 'linux')('ends with nothing left (needs Linux)', async () => {
    const { stdout } = await run(process.execPath, [...flags, '--count', '150', '--seed', '7']);
    expect(stdout).toContain('seed 7: again with --seed 7');
    expect(stdout).toMatch(/tcp echo +\d+ done/);
    expect(stdout).toMatch(/nothing has leaked\n$/);
  });

  it('says which scenarios there are not', async () => {
    const failed = run(process.execPath, [...flags, '--only', 'nothing']);
    await expect(failed).rejects.toMatchObject({ code: 1 });
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
