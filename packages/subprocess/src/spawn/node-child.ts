/** The only caller of `node:child_process`: where posix_spawn cannot be had, or cannot do it. */
import { type ChildProcess, spawn, type SpawnOptions as SpawnSettings } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { constants } from 'node:os';
import { type EventLoop, NotImplementedError } from '@loop/core';
import { OSError } from '@loop/posix';
import { groupId, userId } from '@loop/posix/internal';
import type { PreparedStdio } from '../stdio.ts';
import type { Child, Returncode } from './child.ts';
import { type Command, folderOf, type SpawnOptions } from './spawn-options.ts';
import { startError } from './start-error.ts';

const SIGNALS = new Set<number>(Object.values(constants.signals));

/**
 * Starts a program as Node does.
 *
 * @returns The child, or a promise that rejects with `OSError`: it cannot be started (`ENOENT`, `EACCES`).
 * @throws {NotImplementedError} An option that Node has not.
 */
export function startNodeChild(
  command: Command,
  stdio: PreparedStdio,
  options: SpawnOptions,
): Child | Promise<never> {
  const child = spawnWithMask(command, stdio, options);
  if (child.pid !== undefined) return new NodeChild(child);
  return once(child, 'error').then(([error]) => {
    // Where descriptors have run out Node has not come to make the streams.
    for (const stream of (child.stdio as typeof child.stdio | undefined) ?? []) stream?.destroy();
    throw asOsError(error, command, options);
  });
}

/** The mask for new files is this process's for the time of the call. */
function spawnWithMask(
  command: Command,
  stdio: PreparedStdio,
  options: SpawnOptions,
): ChildProcess {
  const [argv0 = '', ...args] = command.argv.map(text);
  const program = text(command.program);
  const settings = { argv0, ...settingsOf(options), stdio: descriptorsOf(stdio, options) };
  const { umask } = options;
  const before = umask === undefined || umask === null ? null : process.umask(umask);
  try {
    // Node calls an empty name a wrong argument.
    if (program === '') throw startError({ code: 'ENOENT', program: command.program, cwd: null });
    return spawn(program, args, settings);
  } catch (error) {
    throw asOsError(error, command, options);
  } finally {
    if (before !== null) process.umask(before);
  }
}

function settingsOf(options: SpawnOptions): SpawnSettings {
  const { env, user, group, processGroup, startNewSession } = options;
  const cwd = folderOf(options);
  if (processGroup !== undefined && processGroup !== null) {
    throw new NotImplementedError(
      'processGroup cannot be given here, where Node starts the child: startNewSession makes a group of its own',
    );
  }
  return {
    detached: startNewSession ?? false,
    ...(cwd === null ? {} : { cwd: text(cwd) }),
    ...(env === undefined || env === null ? {} : { env: { ...env } }),
    ...(user === undefined || user === null ? {} : { uid: userId(user) }),
    ...(group === undefined || group === null ? {} : { gid: groupId(group) }),
  };
}

/** A child that Node watches. */
class NodeChild implements Child {
  readonly pid: number;
  readonly process: ChildProcess;

  constructor(process: ChildProcess) {
    this.process = process;
    this.pid = process.pid as number;
    // A child alone does not keep the process alive; a running loop does.
    process.unref();
  }

  streamOf(fd: number): Readable | Writable | null {
    return this.process.stdio[fd] ?? null;
  }

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  whenEnded(loop: EventLoop, callback: (returncode: Returncode) => void): void {
    this.process.once('exit', (code, signal) => {
      const returncode = signal === null ? (code as number) : -constants.signals[signal];
      if (loop.isClosed()) {
        console.warn(`Loop ${loop.toString()} that handles pid ${this.pid} is closed`);
      } else loop.callSoonThreadsafe(callback, returncode);
    });
  }

  kill(signal: number): void {
    if (this.ended) return;
    // Node knows only those that have names, and calls the others wrong arguments.
    if (signal !== 0 && !SIGNALS.has(signal)) throw new OSError('EINVAL', { syscall: 'kill' });
    this.process.kill(signal);
  }

  /** Node reaps its children. */
  reap(): void {}
}

/** Position is the child's descriptor, value is ours; what is not named stays closed there. */
function descriptorsOf(
  { streams }: PreparedStdio,
  { passFds = [] }: SpawnOptions,
): Array<number | 'ignore' | 'pipe'> {
  const list: Array<number | 'ignore' | 'pipe'> = streams.map(({ childFd }, fd) => childFd ?? fd);
  for (const fd of passFds) {
    while (list.length <= fd) list.push('ignore');
    list[fd] = fd;
  }
  return list;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function asOsError(error: unknown, { program }: Command, options: SpawnOptions): unknown {
  if (error instanceof OSError) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || code.startsWith('ERR_')) return error;
  return startError({ code, program, cwd: folderOf(options), cause: error });
}
