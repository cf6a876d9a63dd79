import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** How a program ended. */
export interface ProgramEnd {
  readonly status: number | string | null;
  readonly out: string;
  readonly err: string;
}

const executor = fileURLToPath(new URL('..', import.meta.url));
const core = fileURLToPath(new URL('../../core', import.meta.url));
const programs = join(executor, 'test', 'fixtures', 'programs');

/** Runs a program of `fixtures/programs` on the sources, in a process of its own. */
export function runProgram(name: string, ...flags: readonly string[]): Promise<ProgramEnd> {
  return run('--conditions=@loop/source', ...flags, join(programs, name));
}

/** Runs a text as a program, which has the argument `-`. */
export function runText(text: string, ...flags: readonly string[]): Promise<ProgramEnd> {
  const evaluate = ['--input-type=module', '--eval', text, '-'];
  return run('--conditions=@loop/source', ...flags, ...evaluate);
}

/** The flags that have a Node without type stripping load TypeScript. */
export const TSX = ['--import', 'tsx'];

/** Builds the packages as they are published, and runs a program that has them installed. */
export async function runInstalled(name: string): Promise<ProgramEnd> {
  built ??= build();
  return run(join(await built, name));
}

function run(...args: readonly string[]): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: executor, env: { ...process.env, NODE_OPTIONS: '' } },
      (error, out, err) => resolve({ status: error === null ? 0 : (error.code ?? null), out, err }),
    );
  });
}

let built: Promise<string> | undefined;

/** @returns The folder of the programs, beside the `node_modules` with the packages. */
async function build(): Promise<string> {
  const project = join(executor, 'node_modules', '.cache', 'installed');
  await rm(project, { recursive: true, force: true });
  await Promise.all([core, executor].map((folder) => install(folder, project)));
  await cp(programs, project, { recursive: true });
  return project;
}

async function install(folder: string, project: string): Promise<void> {
  const out = join(project, 'node_modules', '@loop', basename(folder));
  await cp(join(folder, 'package.json'), join(out, 'package.json'));
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(typescript), 'bin', 'tsc');
  const config = join(folder, 'tsconfig.build.json');
  // What is checked elsewhere need not be checked here.
  const flags = ['--noCheck', '--declaration', 'false', '--declarationMap', 'false'];
  const where = ['-p', config, '--outDir', join(out, 'dist')];
  await promisify(execFile)(process.execPath, [tsc, ...where, ...flags]);
}
