import { type Coroutine, type EventLoop, type Future, getRunningLoop, operation } from '@loop/core';
import { describe } from '@loop/core/errors';
import { StreamReader } from '@loop/net';
import { Process } from './process.ts';
import { ProcessProtocol } from './process-protocol.ts';
import { type Argument, checkIsObject } from './spawn/spawn-options.ts';
import type { SubprocessOptions } from './subprocess-exec.ts';
import type { SubprocessTransport } from './subprocess-transport.ts';

const DEFAULT_LIMIT = 65536;

/** Options of `createSubprocessExec` and `createSubprocessShell`: the standard streams are inherited by default. */
export interface ProcessOptions extends SubprocessOptions {
  /** The limit of the readers in bytes: the longest line, and half of what is buffered; by default 65536. */
  readonly limit?: number | undefined;
}

/**
 * Starts `program` with `args`, without a shell. Unlike `loop.subprocessExec` it inherits the standard streams
 * unless told otherwise.
 *
 * Rejects with `OSError` if it cannot be started (`ENOENT`, `EACCES`). Cancelling kills the child.
 *
 * @see CPython `asyncio.create_subprocess_exec`
 */
export function createSubprocessExec(
  program: Argument,
  args: readonly Argument[] = [],
  options: ProcessOptions = {},
): Future<Process> {
  return start(options, (loop, factory, rest) => {
    if (!Array.isArray(args)) {
      throw new TypeError(`Expected args to be an array of arguments, got ${describe(args)}`);
    }
    return loop.subprocessExec(factory, [program, ...(args as readonly Argument[])], rest);
  });
}

/**
 * Runs `cmd` by the shell; quoting is the caller's, see `shlexQuote`. Else as {@link createSubprocessExec}.
 *
 * @see CPython `asyncio.create_subprocess_shell`
 */
export function createSubprocessShell(
  cmd: string | Uint8Array,
  options: ProcessOptions = {},
): Future<Process> {
  return start(options, (loop, factory, rest) => loop.subprocessShell(factory, cmd, rest));
}

function start(options: ProcessOptions, spawn: Spawn): Future<Process> {
  return operation(function* (): Coroutine<Process> {
    const loop = getRunningLoop();
    checkIsObject(options);
    const { limit = DEFAULT_LIMIT, stdin = null, stdout = null, stderr = null, ...rest } = options;
    // One that does not fit is known before anything starts.
    void new StreamReader(limit, loop);
    const factory = (): ProcessProtocol => new ProcessProtocol(limit, loop);
    const [transport, protocol] = yield* spawn(loop, factory, { ...rest, stdin, stdout, stderr });
    return new Process(transport, protocol, loop);
  });
}

type Spawn = (
  loop: EventLoop,
  factory: () => ProcessProtocol,
  options: SubprocessOptions,
) => Future<[SubprocessTransport, ProcessProtocol]>;
