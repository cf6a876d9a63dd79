/**
 * Packs every package and checks the tarballs the way a user meets them: publint and attw on each,
 * its size against a budget, then an outside project that installs them all, type-checks against
 * them and runs. `pnpm build` has to come first.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, textOf } from './tree.ts';

/** Of the packed tarball, source maps and TypeScript sources included. */
const budgetKib: Record<string, number> = {
  '@loop/core': 250,
  '@loop/posix': 200,
  '@loop/net': 250,
  '@loop/subprocess': 60,
  '@loop/signals': 40,
  '@loop/executor': 80,
};

const { version: typesVersion } = JSON.parse(textOf('node_modules/@types/node/package.json')) as {
  version: string;
};

interface Packed {
  name: string;
  filename: string;
  size: number;
  files: { path: string }[];
}

const out = join(root, '.reports', 'pack');
const program = join(root, 'tools', 'outside');

function run(command: string, args: string[], cwd = root): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

let failures = 0;
function check(label: string, body: () => void): void {
  try {
    body();
    console.log(`ok    ${label}`);
  } catch (error) {
    failures += 1;
    const { message, stdout = '' } = error as Error & { stdout?: string };
    console.error(`FAIL  ${label}\n${message}\n${stdout}`);
  }
}

function pack(): Packed[] {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const only = ['-r', '--filter', './packages/*'];
  return JSON.parse(
    run('pnpm', [...only, 'pack', '--json', '--pack-destination', out]),
  ) as Packed[];
}

function checkTarball({ name, filename, size, files }: Packed): void {
  check(`${name}: publint`, () => run('publint', ['--strict', filename]));
  check(`${name}: attw`, () => run('attw', ['--profile', 'esm-only', '-f', 'ascii', filename]));
  const budget = budgetKib[name] ?? 0;
  const measured = `${(size / 1024).toFixed(1)} KiB in ${files.length} files`;
  check(`${name}: ${measured} (budget ${budget} KiB)`, () => {
    if (size > budget * 1024) throw new Error('The tarball is over its budget');
  });
  check(`${name}: what is in it`, () => {
    const paths = files.map(({ path }) => path);
    for (const needed of [
      'package.json',
      'README.md',
      'LICENSE',
      'dist/index.js',
      'dist/index.d.ts',
    ]) {
      if (!paths.includes(needed)) throw new Error(`${needed} is missing`);
    }
    const unwanted = paths.filter((path) =>
      /\.test(?:-d)?\.|\/fixtures\/|(?:^|\/)test\//.test(path),
    );
    if (unwanted.length > 0) throw new Error(`Tests are packed: ${unwanted.join(', ')}`);
  });
}

/** Installs the tarballs into a project outside of the workspace and uses them there. */
function checkOutside(packed: readonly Packed[]): void {
  const outside = mkdtempSync(join(tmpdir(), 'loop-outside-'));
  try {
    cpSync(program, outside, { recursive: true });
    const tarballs = Object.fromEntries(packed.map((each) => [each.name, `file:${each.filename}`]));
    const types = { '@types/node': typesVersion };
    const manifest = { private: true, type: 'module', dependencies: { ...tarballs, ...types } };
    writeFileSync(join(outside, 'package.json'), JSON.stringify(manifest));
    // The packages depend on one another by version: point those at the tarballs too.
    const overrides = Object.entries(tarballs).map(([name, file]) => `  '${name}': '${file}'\n`);
    writeFileSync(
      join(outside, 'pnpm-workspace.yaml'),
      `packages: []\nallowBuilds:\n  koffi: false\noverrides:\n${overrides.join('')}`,
    );
    check('outside: install', () => run('pnpm', ['install', '--prefer-offline'], outside));
    check('outside: types of core, without those of Node', () =>
      run('tsc', ['-p', 'tsconfig.core.json'], outside),
    );
    check('outside: types, the added methods included', () => run('tsc', ['-p', '.'], outside));
    for (const file of ['use.mjs', 'use.cjs']) {
      check(`outside: ${file}`, () => {
        const printed = run(process.execPath, [file], outside);
        if (printed !== 'abc\n') throw new Error(`Expected it to print abc, got ${printed}`);
      });
    }
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
}

const packed = pack();
for (const each of packed) checkTarball(each);
checkOutside(packed);
process.exitCode = failures > 0 ? 1 : 0;
