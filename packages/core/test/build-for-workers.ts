import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('..', import.meta.url));

/**
 * Compiles the package for worker threads, which on Node 20 load no TypeScript.
 *
 * @returns The URL of its index.
 */
export async function buildForWorkers(): Promise<URL> {
  const out = join(folder, 'node_modules', '.cache', 'workers');
  await mkdir(out, { recursive: true });
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin',
    'tsc',
  );
  await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    join(folder, 'tsconfig.build.json'),
    '--outDir',
    out,
  ]);
  return pathToFileURL(join(out, 'index.js'));
}
