/**
 * Records what CPython prints for `cases/<name>/ref.py` in the `trace.txt` beside it.
 *
 *     pnpm --filter @loop/conformance record            all cases
 *     pnpm --filter @loop/conformance record task-      those whose name begins so
 *     pnpm --filter @loop/conformance record --check    none: fails if one would change
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { caseNames, casePath } from './cases.ts';

const OLDEST = [3, 13] as const;
// Behind pyenv a command exists for versions that are not selected: name one by hand.
const CANDIDATES = [
  { command: 'python3.14', env: {} },
  { command: 'python3.13', env: {} },
  { command: 'python3.13', env: { PYENV_VERSION: '3.13.0' } },
  { command: 'python3', env: {} },
];

interface Python {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
}

const python = findPython();
console.log(`running with CPython ${python.version}`);
const check = process.argv.includes('--check');
const prefixes = process.argv.slice(2).filter((argument) => argument !== '--check');
const names = caseNames().filter(
  (name) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
);
for (const name of names) {
  const first = run(python, [casePath(name, 'ref.py')]);
  const second = run(python, [casePath(name, 'ref.py')]);
  if (first !== second) fail(`${name}/ref.py does not print the same trace each time`);
  if (first === '') fail(`${name}/ref.py prints nothing`);
  if (!check) writeFileSync(casePath(name, 'trace.txt'), `CPython ${python.version}\n${first}`);
  else if (first !== recorded(name)) fail(`${name}/trace.txt is not what ref.py prints`);
}
console.log(`${names.length} traces ${check ? 'checked' : 'recorded'}`);

/** The trace that is there, without the line that names CPython. */
function recorded(name: string): string {
  const text = readFileSync(casePath(name, 'trace.txt'), 'utf8');
  return text.slice(text.indexOf('\n') + 1);
}

function findPython(): Python {
  const seen: string[] = [];
  for (const { command, env } of CANDIDATES) {
    const version = versionOf(command, env);
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major === OLDEST[0] && minor >= OLDEST[1]) return { command, env, version };
    seen.push(`${command} is ${version}`);
  }
  return fail(`CPython ${OLDEST.join('.')} or newer is needed: ${seen.join(', ') || 'found none'}`);
}

function versionOf(command: string, env: Readonly<Record<string, string>>): string | undefined {
  const code =
    'import platform; print(platform.python_implementation(), platform.python_version())';
  const { status, stdout } = spawnSync(command, ['-c', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return status === 0 ? /^CPython (\S+)$/m.exec(stdout)?.[1] : undefined;
}

/** What the program prints; anything on standard error, and an error, ends the recording. */
function run({ command, env }: Python, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      ...process.env,
      ...env,
      PYTHONPATH: fileURLToPath(new URL('.', import.meta.url)),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONASYNCIODEBUG: '',
    },
  });
  if (status !== 0 || stderr !== '') fail(`${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
