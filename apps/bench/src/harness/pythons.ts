import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python that was found here. */
export interface Python {
  readonly command: string;
  readonly version: string;
  /** The version of its uvloop, where it has one. */
  readonly uvloop: string | null;
}

const OLDEST = '3.11';

const PROBE = `
import json, platform, sys
try:
    import uvloop
    version = uvloop.__version__
except ImportError:
    version = None
print(json.dumps({"command": sys.executable, "version": platform.python_version(), "uvloop": version}))
`;

let installed: readonly Python[] | undefined;

/** The interpreters that are installed, newest first; an active virtual environment is among them. */
export function findPythons(): readonly Python[] {
  installed ??= probeAll();
  return installed;
}

function probeAll(): readonly Python[] {
  const found = new Map<string, Python>();
  for (const command of candidates()) {
    const python = probe(command);
    if (python !== undefined && compareVersions(python.version, OLDEST) >= 0) {
      found.set(python.command, python);
    }
  }
  return [...found.values()].toSorted((a, b) => compareVersions(b.version, a.version));
}

/** Negative if version `a` is older than `b`, positive if it is newer. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) =>
    version.split('.').map((part) => parseInt(part, 10)),
  );
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function candidates(): readonly string[] {
  const pyenv = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv) : [];
  return [
    'python3',
    '/usr/bin/python3',
    ...['3.15', '3.14', '3.13', '3.12', '3.11'].map((version) => `python${version}`),
    ...versions.map((version) => join(pyenv, version, 'bin', 'python3')),
  ];
}

function probe(command: string): Python | undefined {
  try {
    const output = execFileSync(command, ['-c', PROBE], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    return JSON.parse(output) as Python;
  } catch {
    // Not installed, or a shim that leads nowhere.
    return undefined;
  }
}
