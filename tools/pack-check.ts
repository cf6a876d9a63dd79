/**
 * Packs every package and checks the tarballs the way a user meets them:
 * publint and attw on each, its size against a budget, then an outside project
 * that installs them all, type-checks against them and runs.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUDGET_KIB: Record<string, number> = { default: 30 };

const root = join(import.meta.dirname, '..');
const out = join(root, '.reports', 'pack');
const run = (command: string, args: string[], cwd = root): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

interface Packed {
  name: string;
  filename: string;
  size: number;
  files: Array<{ path: string }>;
}

let failures = 0;
function check(label: string, body: () => void): void {
  try {
    body();
    console.log(`ok    ${label}`);
  } catch (error) {
    failures += 1;
    const detail = error as Error & { stdout?: string };
    console.error(`FAIL  ${label}\n${detail.stdout ?? detail.message}`);
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const packed = JSON.parse(
  run('pnpm', ['-r', '--filter', './packages/*', 'pack', '--json', '--pack-destination', out]),
) as Packed[];

for (const { name, filename, size, files } of packed) {
  check(`${name}: publint`, () => run('publint', ['--strict', filename]));
  check(`${name}: attw`, () => run('attw', ['--profile', 'esm-only', '-f', 'ascii', filename]));
  const budget = BUDGET_KIB[name] ?? BUDGET_KIB['default'] ?? 0;
  check(
    `${name}: ${(size / 1024).toFixed(1)} KiB, ${files.length} files (budget ${budget} KiB)`,
    () => {
      if (size > budget * 1024) throw new Error(`the tarball is over its budget`);
    },
  );
}

const outside = mkdtempSync(join(tmpdir(), 'loop-outside-'));
try {
  const tarballs = Object.fromEntries(packed.map((p) => [p.name, `file:${p.filename}`]));
  const manifest = { name: 'outside', private: true, type: 'module', dependencies: tarballs };
  writeFileSync(join(outside, 'package.json'), JSON.stringify(manifest));
  // The packages depend on one another by version: point those at the tarballs too.
  const overrides = Object.entries(tarballs).map(([name, file]) => `  '${name}': '${file}'\n`);
  writeFileSync(
    join(outside, 'pnpm-workspace.yaml'),
    `packages: []\nallowBuilds:\n  koffi: false\noverrides:\n${overrides.join('')}`,
  );
  writeFileSync(
    join(outside, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        types: [],
      },
      files: ['use.ts'],
    }),
  );
  const use = `import { EventLoop } from '@loop/core';\nimport '@loop/net';\n`;
  const call = `new EventLoop().createServer().close();\n`;
  writeFileSync(join(outside, 'use.ts'), `${use}${call}`);
  writeFileSync(join(outside, 'use.mjs'), `${use}${call}`);
  writeFileSync(
    join(outside, 'use.cjs'),
    `const { EventLoop } = require('@loop/core');\nrequire('@loop/net');\n${call}`,
  );
  check('outside: install', () => run('pnpm', ['install', '--prefer-offline'], outside));
  check('outside: types, with the augmentation', () => run('tsc', ['-p', outside]));
  check('outside: import', () => run(process.execPath, ['use.mjs'], outside));
  check('outside: require', () => run(process.execPath, ['use.cjs'], outside));
} finally {
  rmSync(outside, { recursive: true, force: true });
}

process.exitCode = failures > 0 ? 1 : 0;
