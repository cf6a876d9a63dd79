import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tree.ts';
import { check, run } from './checks.ts';

/** A package as it would be published. */
export interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Of the packed tarball, source maps and TypeScript sources included. */
const budgetKib: Readonly<Record<string, number>> = {
  '@loop/core': 260,
  '@loop/posix': 260,
  '@loop/net': 400,
  '@loop/subprocess': 80,
  '@loop/signals': 40,
  '@loop/executor': 100,
};

const needed = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
const out = join(root, '.reports', 'pack');

export function packAll(): Packed[] {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const only = ['-r', '--filter', './packages/*'];
  const args = [...only, 'pack', '--json', '--pack-destination', out];
  return JSON.parse(run('pnpm', args, root)) as Packed[];
}

/** What publint and attw say, what is in it, and its size against the budget. */
export function checkTarball({ name, filename, size, files }: Packed): void {
  check(`${name}: publint`, () => run('publint', ['--strict', filename], root));
  check(`${name}: attw`, () =>
    run('attw', ['--profile', 'esm-only', '-f', 'ascii', filename], root),
  );
  const budget = budgetKib[name] ?? 0;
  const measured = `${(size / 1024).toFixed(1)} KiB in ${files.length} files`;
  check(`${name}: ${measured} (budget ${budget} KiB)`, () => {
    if (size > budget * 1024) throw new Error('The tarball is over its budget');
  });
  check(`${name}: what is in it`, () => {
    const paths = files.map(({ path }) => path);
    const missing = needed.filter((file) => !paths.includes(file));
    if (missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`);
    const unwanted = paths.filter((path) =>
      /\.test(?:-d)?\.|\/fixtures\/|(?:^|\/)test\//.test(path),
    );
    if (unwanted.length > 0) throw new Error(`Tests are packed: ${unwanted.join(', ')}`);
  });
}
