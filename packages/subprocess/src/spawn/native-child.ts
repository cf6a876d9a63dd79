import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import type { EventLoop } from '@loop/core';
import { killAndReap, ProcessDescriptor, trySpawn, tryWait } from '@loop/posix/internal';
import type { PreparedStdio } from '../stdio.ts';
import type { Child, Returncode } from './child.ts';
import { findProgram } from './find-program.ts';
import { type Command, environmentOf, folderOf, type SpawnOptions } from './spawn-options.ts';
import { startError } from './start-error.ts';

// What Popen restores; Node ignores the first.
const DEFAULT_SIGNALS = [constants.signals.SIGPIPE, constants.signals.SIGXFSZ];
// What the reference reports when somebody else has taken a child's status.
const STATUS_TAKEN = 255;
// A killed process is gone in a fraction of that, unless the kernel holds it.
const REAP_TIMEOUT_MS = 1000;

/**
 * Starts a program by posix_spawn.
 *
 * @throws {OSError} It cannot be started: `ENOENT`, `EACCES`.
 */
export function startNativeChild(
  command: Command,
  stdio: PreparedStdio,
  options: SpawnOptions,
): Child {
  const env = options.env ?? undefined;
  const cwd = folderOf(options);
  const recipe = {
    argv: command.argv,
    env: environment(env),
    cwd,
    descriptors: stdio.streams.map(({ childFd }) => childFd as number | null),
    passed: options.passFds ?? [],
    closeOthers: true,
    newSession: options.startNewSession ?? false,
    processGroup: options.processGroup ?? null,
    defaultSignals: DEFAULT_SIGNALS,
    umask: options.umask ?? null,
  };
  let result = 0;
  for (const path of findProgram(command.program, env, cwd)) {
    result = trySpawn({ ...recipe, path });
    if (result > 0) return new NativeChild(result);
  }
  throw startError({ code: result, program: command.program, cwd });
}

/** `null`: C's own is the same as `process.env`, but for workers, which have a copy. */
function environment(env: SpawnOptions['env']): readonly Uint8Array[] | null {
  if (env !== undefined && env !== null) return environmentOf(env);
  return isMainThread ? null : environmentOf(process.env);
}

/** A child whose end a descriptor tells: no SIGCHLD handler, and nobody else's children are touched. */
class NativeChild implements Child {
  readonly pid: number;
  readonly #descriptor: ProcessDescriptor;
  #loop: EventLoop | null = null;
  #returncode: Returncode | null = null;

  constructor(pid: number) {
    this.pid = pid;
    try {
      this.#descriptor = new ProcessDescriptor(pid);
    } catch (error) {
      killAndReap(pid);
      throw error;
    }
  }

  get process(): this {
    return this;
  }

  /** The status, once it is known. */
  get returncode(): Returncode | null {
    return this.#returncode;
  }

  streamOf(): null {
    return null;
  }

  get ended(): boolean {
    return this.#returncode !== null;
  }

  whenEnded(loop: EventLoop, callback: (returncode: Returncode) => void): void {
    this.#loop = loop;
    loop.addReader(this.#descriptor, () => {
      const status = tryWait(this.pid);
      if (status !== null) callback(this.#reaped(status));
    });
  }

  kill(signal: number): void {
    if (this.#returncode === null) this.#descriptor.sendSignal(signal);
  }

  reap(): void {
    if (this.#returncode !== null) return;
    this.#descriptor.block(REAP_TIMEOUT_MS);
    const status = tryWait(this.pid);
    if (status !== null) this.#reaped(status);
  }

  #reaped(status: number | 'taken'): Returncode {
    if (status === 'taken') {
      console.warn(
        `child process pid ${this.pid} exit status already read: will report returncode ${STATUS_TAKEN}`,
      );
    }
    const returncode = status === 'taken' ? STATUS_TAKEN : status;
    this.#returncode = returncode;
    this.#loop?.removeReader(this.#descriptor);
    this.#descriptor.close();
    return returncode;
  }
}
