import { fileURLToPath } from 'node:url';
import { NotImplementedError, ValueError } from '@loop/core';
import { checkBoolean, describe } from '@loop/core/errors';

/** What is taken for a program, an argument or a folder: text, bytes or a file URL. */
export type Argument = string | Uint8Array | URL;

/** Options of a child process, as Popen has them. */
export interface SpawnOptions {
  /** The directory to start in. */
  readonly cwd?: Argument | null | undefined;
  /** The whole environment; by default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | null;
  /** What to run in place of the first argument, which the child then sees as its own name. */
  readonly executable?: Argument | null | undefined;
  /** Descriptors that the child gets under the same numbers; 3 and up. */
  readonly passFds?: readonly number[] | undefined;
  /** Whether the child leads a session of its own (`setsid`). */
  readonly startNewSession?: boolean | undefined;
  /** The process group to join; 0 for one of its own. */
  readonly processGroup?: number | null | undefined;
  /** The user to run as, by number or name; needs the privilege. */
  readonly user?: number | string | null | undefined;
  readonly group?: number | string | null | undefined;
  /** The file mode mask of the child. */
  readonly umask?: number | null | undefined;
}

/** The program to run, what it is told, and where: nothing of it is checked again. */
export interface Command {
  readonly program: Uint8Array;
  /** The program's own name first. */
  readonly argv: readonly Uint8Array[];
}

const UNAVAILABLE: Readonly<Record<string, string>> = {
  preexecFn:
    'no code of ours runs between fork and exec: start a program that prepares, then execs',
  closeFds: 'all descriptors but those of passFds are closed',
  restoreSignals: 'SIGPIPE and SIGXFSZ have their default effect again',
  extraGroups: 'supplementary groups cannot be given',
  pipesize: 'pipes have the size of the system',
  creationflags: 'it is of Windows',
  startupinfo: 'it is of Windows',
};

/** @throws {NotImplementedError} `name` is an option of Popen that cannot be given here. */
export function refuseUnavailable(name: string): void {
  const reason = Object.hasOwn(UNAVAILABLE, name) ? UNAVAILABLE[name] : undefined;
  if (reason !== undefined) throw new NotImplementedError(`${name} cannot be given: ${reason}`);
}

/** @throws {TypeError} There is nothing that could have options. */
export function checkIsObject(options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null) return;
  throw new TypeError(`Expected options to be an object, got ${describe(options)}`);
}

/** @throws {ValueError | TypeError} An option that cannot be. */
export function checkSpawnOptions(options: SpawnOptions): void {
  const { passFds = [], env, startNewSession } = options;
  checkNumber(options.processGroup, 'processGroup', 'a process group, 0 or more');
  checkNumber(options.umask, 'umask', 'a mask from 0 to 0o777', 0o777);
  checkIdentity(options.user, 'user');
  checkIdentity(options.group, 'group');
  if (startNewSession !== undefined) checkBoolean(startNewSession, 'startNewSession');
  if (!Array.isArray(passFds)) {
    throw new TypeError(`Expected passFds to be an array of descriptors, got ${describe(passFds)}`);
  }
  for (const fd of passFds as readonly unknown[]) {
    if (!Number.isInteger(fd) || (fd as number) < 3) {
      throw new ValueError(`Expected passFds to hold descriptors from 3 up, got ${String(fd)}`);
    }
  }
  if (env !== undefined && env !== null) environmentOf(env);
}

/**
 * `NAME=value`, in bytes.
 *
 * @throws {TypeError | ValueError} What cannot stand in an environment.
 */
export function environmentOf(env: Readonly<Record<string, unknown>>): Uint8Array[] {
  if (typeof env !== 'object' || Array.isArray(env)) {
    throw new TypeError(`Expected env to be an object of names and values, got ${describe(env)}`);
  }
  const entries: Uint8Array[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      throw new TypeError(`Expected env to hold strings, got ${typeof value} for ${name}`);
    }
    if (name === '' || name.includes('=')) {
      throw new ValueError(`illegal environment variable name ${JSON.stringify(name)}`);
    }
    entries.push(withoutZero(Buffer.from(`${name}=${value}`)));
  }
  return entries;
}

/**
 * The bytes of an argument.
 *
 * @throws {TypeError} It is neither text nor bytes nor a file URL.
 * @throws {ValueError} It has a zero byte inside.
 */
export function argumentBytes(argument: unknown): Uint8Array {
  if (typeof argument === 'string') return withoutZero(Buffer.from(argument));
  if (argument instanceof URL) return withoutZero(Buffer.from(fileURLToPath(argument)));
  if (argument instanceof Uint8Array) return withoutZero(argument);
  const kind = Array.isArray(argument) ? 'list' : argument === null ? 'null' : typeof argument;
  throw new TypeError(`expected str, bytes or os.PathLike object, not ${kind}`);
}

/** The bytes of `cwd`; `null`: this process's. */
export function folderOf({ cwd }: SpawnOptions): Uint8Array | null {
  return cwd === undefined || cwd === null ? null : argumentBytes(cwd);
}

function withoutZero(bytes: Uint8Array): Uint8Array {
  if (bytes.includes(0))
    throw new ValueError(`embedded null byte in ${JSON.stringify(String(bytes))}`);
  return bytes;
}

function checkNumber(value: unknown, name: string, wanted: string, most = 0x7fffffff): void {
  if (value === undefined || value === null) return;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return;
  const Wrong = typeof value === 'number' ? ValueError : TypeError;
  throw new Wrong(`Expected ${name} to be ${wanted}, got ${JSON.stringify(value)}`);
}

function checkIdentity(value: unknown, name: string): void {
  if (typeof value === 'string' && value !== '') return;
  checkNumber(value, name, 'a number, 0 or more, or a name');
}
