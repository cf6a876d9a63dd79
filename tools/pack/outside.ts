import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, textOf } from '../tree.ts';
import { check, run } from './checks.ts';
import type { Packed } from './tarballs.ts';

/** The packages that somebody installs; what they depend on comes along. The folder below `tools/outside` uses them. */
interface Combination {
  readonly folder: string;
  /** With each of the compilers; otherwise with the newest alone. */
  readonly allCompilers: boolean;
  readonly packages: readonly string[];
}

const combinations: readonly Combination[] = [
  { folder: 'core', allCompilers: true, packages: ['@loop/core'] },
  { folder: 'net', allCompilers: false, packages: ['@loop/core', '@loop/net'] },
  {
    folder: 'all',
    allCompilers: true,
    packages: ['@loop/core', '@loop/net', '@loop/subprocess', '@loop/signals', '@loop/executor'],
  },
];

/** The oldest compiler that is supported, and the last of each line since; the newest is the repository's own. */
const compilers = { 'typescript-5.5': '5.5.2', 'typescript-5.9': '5.9.3', 'typescript-6': '6.0.3' };
const oldest = 'typescript-5.5';

/** `module` and `moduleResolution` as projects have them. */
const resolutions = [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const;

const versionOf = (name: string): string =>
  (JSON.parse(textOf(`node_modules/${name}/package.json`)) as { version: string }).version;

/** Installs the tarballs into projects outside of the workspace, type-checks against them, and runs them. */
export function checkOutside(packed: readonly Packed[]): void {
  const outside = mkdtempSync(join(tmpdir(), 'loop-outside-'));
  try {
    cpSync(join(root, 'tools', 'outside'), outside, { recursive: true });
    const tarballs = new Map(packed.map(({ name, filename }) => [name, `file:${filename}`]));
    for (const combination of combinations) checkCombination(outside, combination, tarballs);
    checkRunners(join(outside, 'runners'), tarballs);
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
}

/** Makes a folder a project of its own that has `packages` and `devDependencies`, and installs them. */
function install(
  project: string,
  packages: readonly string[],
  devDependencies: Readonly<Record<string, string>>,
  tarballs: ReadonlyMap<string, string>,
): void {
  const dependencies = Object.fromEntries(packages.map((name) => [name, tarballs.get(name)]));
  const manifest = { private: true, type: 'module', dependencies, devDependencies };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  // The packages depend on one another by version: point those at the tarballs too.
  const overrides = [...tarballs].map(([name, file]) => `  '${name}': '${file}'\n`);
  const builds = ['koffi', 'unrs-resolver'].map((name) => `  ${name}: false\n`);
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `packages: []\nallowBuilds:\n${builds.join('')}overrides:\n${overrides.join('')}`,
  );
  run('pnpm', ['install', '--prefer-offline'], project);
}

/** The test runners that people have. */
function checkRunners(project: string, tarballs: ReadonlyMap<string, string>): void {
  const devDependencies = { jest: '30.2.0', vitest: versionOf('vitest') };
  check('outside, runners: install', () =>
    install(project, ['@loop/core', '@loop/net'], devDependencies, tarballs),
  );
  const node = (...args: string[]): string => run(process.execPath, args, project);
  check('outside, runners: node:test', () => node('--test', 'loop.test.js'));
  check('outside, runners: jest', () =>
    node('--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--silent'),
  );
  check('outside, runners: vitest', () => node('node_modules/vitest/vitest.mjs', 'run'));
}

function checkCombination(
  outside: string,
  { folder, allCompilers, packages }: Combination,
  tarballs: ReadonlyMap<string, string>,
): void {
  const project = join(outside, folder);
  const aliases = Object.entries(compilers).map(([alias, version]) => [
    alias,
    `npm:typescript@${version}`,
  ]);
  const devDependencies = {
    ...Object.fromEntries(aliases),
    // Core is checked without the types of Node.
    ...(folder === 'core' ? {} : { '@types/node': versionOf('@types/node') }),
  };
  check(`outside, ${folder}: install`, () => install(project, packages, devDependencies, tarballs));
  for (const [module, resolution] of resolutions) {
    const flags = ['-p', '.', '--module', module, '--moduleResolution', resolution];
    const types = `outside, ${folder}: types by ${resolution}, TypeScript`;
    check(`${types} ${versionOf('typescript')}`, () =>
      run(join(root, 'node_modules', '.bin', 'tsc'), flags, project),
    );
    for (const [alias, version] of Object.entries(allCompilers ? compilers : {})) {
      // Resolution is the same in all of them; what the declarations may say is not.
      if (alias !== oldest && resolution !== 'nodenext') continue;
      const tsc = join('node_modules', alias, 'lib', 'tsc.js');
      check(`${types} ${version}`, () => run(process.execPath, [tsc, ...flags], project));
    }
  }
  for (const file of ['use.mjs', 'use.cjs']) {
    check(`outside, ${folder}: ${file}`, () => {
      const printed = run(process.execPath, [file], project);
      if (printed !== 'abc\n') throw new Error(`Expected it to print abc, got ${printed}`);
    });
  }
}
