/** The only caller of `node:child_process`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { NotImplementedError, ValueError } from '@loop/core';
import { OSError } from '@loop/posix';
import type { PreparedStdio } from './stdio.ts';

/** Options of a child process, as Popen has them. */
export interface SpawnOptions {
  /** The directory to start in. */
  readonly cwd?: string | URL | null;
  /** The whole environment; by default this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | null;
  /** Descriptors that the child gets under the same numbers; 3 and up. */
  readonly passFds?: readonly number[];
  /** Whether the child leads a session of its own (`setsid`). */
  readonly startNewSession?: boolean;
  /** A group of its own: not to be had here, but for 0 with {@link startNewSession}. */
  readonly processGroup?: number | null;
  /** The numeric user to run as; needs the privilege. */
  readonly user?: number | null;
  readonly group?: number | null;
  /** The file mode mask of the child. */
  readonly umask?: number | null;
  /** What the child sees as its own name. */
  readonly argv0?: string;
}

/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** How a child ended: its status, or minus the number of the signal that killed it. */
export type Returncode = number;

/** A started child. */
export class Child {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly #exited: Promise<Returncode>;

  constructor(process: ChildProcess) {
    this.process = process;
    this.pid = process.pid as number;
    this.#exited = once(process, 'exit').then(([code, signal]) =>
      signal === null ? (code as number) : -constants.signals[signal as NodeJS.Signals],
    );
    // A child alone does not keep the process alive; a running loop does.
    process.unref();
  }

  /** Resolves once the child has ended and is reaped. */
  exited(): Promise<Returncode> {
    return this.#exited;
  }

  /** Whether the system still knows it, as far as we have heard. */
  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  kill(signal: number): void {
    this.process.kill(signal);
  }
}

/**
 * Starts a program with the streams prepared for it.
 *
 * @throws {OSError} It cannot be started: `ENOENT`, `EACCES`. (By rejecting.)
 */
export async function startChild(
  { program, args }: Command,
  stdio: PreparedStdio,
  options: SpawnOptions,
): Promise<Child> {
  checkSpawnOptions(options);
  const { cwd, env, user, group, umask, argv0 } = options;
  const restore = umask === undefined || umask === null ? null : process.umask(umask);
  let child: ChildProcess;
  try {
    child = spawn(program, [...args], {
      stdio: descriptorsOf(stdio, options.passFds ?? []),
      detached: options.startNewSession ?? false,
      ...(cwd === undefined || cwd === null ? {} : { cwd }),
      ...(env === undefined || env === null ? {} : { env: { ...env } }),
      ...(user === undefined || user === null ? {} : { uid: user }),
      ...(group === undefined || group === null ? {} : { gid: group }),
      ...(argv0 === undefined ? {} : { argv0 }),
    });
  } catch (error) {
    throw asOsError(error, program);
  } finally {
    if (restore !== null) process.umask(restore);
  }
  if (child.pid !== undefined) return new Child(child);
  const [error] = (await once(child, 'error')) as [Error];
  throw asOsError(error, program);
}

/** @throws {ValueError | TypeError | NotImplementedError} An option that cannot be given. */
export function checkSpawnOptions(options: SpawnOptions): void {
  for (const name of ['user', 'group', 'umask'] as const) {
    const value = options[name];
    if (value === undefined || value === null || Number.isInteger(value)) continue;
    throw new NotImplementedError(
      `Expected ${name} to be a number: names are not looked up here, got ${JSON.stringify(value)}`,
    );
  }
  if (options.processGroup !== undefined && options.processGroup !== null) {
    throw new NotImplementedError(
      'processGroup cannot be set by this runtime: startNewSession makes a group of its own',
    );
  }
  for (const fd of options.passFds ?? []) {
    if (!Number.isInteger(fd) || fd < 3) {
      throw new ValueError(`Expected passFds to hold descriptors from 3 up, got ${String(fd)}`);
    }
  }
}

/** Position is the child's descriptor, value is ours; what is not named stays closed there. */
function descriptorsOf(
  { streams }: PreparedStdio,
  passFds: readonly number[],
): Array<number | 'ignore'> {
  const list: Array<number | 'ignore'> = streams.map(({ childFd }) => childFd);
  for (const fd of passFds) {
    while (list.length <= fd) list.push('ignore');
    list[fd] = fd;
  }
  return list;
}

function asOsError(error: unknown, program: string): unknown {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || code.startsWith('ERR_')) return error;
  return new OSError(code, { syscall: 'spawn', address: program, cause: error });
}
