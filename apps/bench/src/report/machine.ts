import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import { dirname, join } from 'node:path';

/** What the figures were measured on, in one line. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const model = cpu?.model.trim() || 'unknown processor';
  const system = `${platform()} ${release()} ${arch()}`;
  return `Node ${process.versions.node} (V8 ${process.versions.v8}), ${system}, ${model}, ${availableParallelism()} cores`;
}

/** The version of an installed package, though it may not export its package.json. */
export function packageVersion(name: string): string {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === name && manifest.version !== undefined) return manifest.version;
    } catch {
      // Not this folder.
    }
  }
  return 'unknown';
}
