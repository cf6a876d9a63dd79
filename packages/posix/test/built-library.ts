import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const reports = join(root, 'packages/posix/.reports');

/**
 * This package as JavaScript, for the programs and workers of a test: Node 20 cannot load a .ts file
 * there. It lies inside the package, so that koffi is found.
 */
export interface BuiltLibrary extends Disposable {
  /** The file of an entry: `index.js`, `internal.js`. */
  file(name: string): string;
}

export function buildLibrary(): BuiltLibrary {
  mkdirSync(reports, { recursive: true });
  const folder = mkdtempSync(join(reports, 'built-'));
  const core = join(folder, 'node_modules/@loop/core');
  compile(['-p', 'packages/posix/tsconfig.build.json', '--outDir', folder]);
  compile(['-p', 'packages/core/tsconfig.build.json', '--outDir', join(core, 'dist')]);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const exports = { './errors': './dist/error/index.js' };
  writeFileSync(join(core, 'package.json'), JSON.stringify({ type: 'module', exports }));
  return {
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Types are checked elsewhere: what does not resolve here is emitted all the same. */
function compile(args: readonly string[]): void {
  const options = ['--declaration', 'false', '--declarationMap', 'false', '--sourceMap', 'false'];
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), [...args, ...options, '--noCheck'], {
      cwd: root,
      stdio: 'pipe',
    });
  } catch (error) {
    throw new Error(`tsc failed: ${String((error as { stdout?: Buffer }).stdout)}`, {
      cause: error,
    });
  }
}
