import { type Coroutine, debugLog, type EventLoop, ValueError, wrapFuture } from '@loop/core';
import {
  argumentBytes,
  type Argument,
  checkIsObject,
  checkSpawnOptions,
  type Command,
  refuseUnavailable,
  type SpawnOptions,
} from './spawn/spawn-options.ts';
import { startChild } from './spawn/start-child.ts';
import { PIPE, PreparedStdio, type Stdio } from './stdio.ts';
import type { AnySubprocessProtocol } from './subprocess-protocol.ts';
import { SubprocessTransport } from './subprocess-transport.ts';

/** Options of `subprocessExec` and `subprocessShell`. */
export interface SubprocessOptions extends SpawnOptions {
  /** By default `PIPE`, as for the others. */
  readonly stdin?: Stdio | undefined;
  readonly stdout?: Stdio | undefined;
  readonly stderr?: Stdio | undefined;
}

const KNOWN = new Set([
  'stdin',
  'stdout',
  'stderr',
  'cwd',
  'env',
  'executable',
  'passFds',
  'startNewSession',
  'processGroup',
  'user',
  'group',
  'umask',
]);

/** Options that a byte stream cannot have, and the one value of each that says so. */
const NEUTRAL: Readonly<Record<string, readonly [message: string, values: readonly unknown[]]>> = {
  universalNewlines: ['universal_newlines must be False', [false, null]],
  bufsize: ['bufsize must be 0', [0]],
  text: ['text must be False', [false, null]],
  encoding: ['encoding must be None', [null]],
  errors: ['errors must be None', [null]],
};

/** See `EventLoop.subprocessExec`. */
export function* subprocessExec<P extends AnySubprocessProtocol>(
  loop: EventLoop,
  factory: () => P,
  args: readonly Argument[],
  options: SubprocessOptions,
): Coroutine<[SubprocessTransport, P]> {
  checkOptions(options, 'exec');
  if (!Array.isArray(args) || args.length === 0) {
    throw new TypeError(`Expected args to be an array with a program, got ${JSON.stringify(args)}`);
  }
  const argv = (args as readonly Argument[]).map(argumentBytes);
  debugLog(loop, `execute program ${String(args[0])}`);
  return yield* start(loop, factory, commandOf(argv, options), options);
}

/** See `EventLoop.subprocessShell`. */
export function* subprocessShell<P extends AnySubprocessProtocol>(
  loop: EventLoop,
  factory: () => P,
  cmd: string | Uint8Array,
  options: SubprocessOptions,
): Coroutine<[SubprocessTransport, P]> {
  if (typeof cmd !== 'string' && !(cmd instanceof Uint8Array)) {
    throw new ValueError(`cmd must be a string, got ${typeof cmd}`);
  }
  checkOptions(options, 'shell');
  const argv = shellCommand(argumentBytes(cmd));
  debugLog(loop, `run shell command ${String(cmd)}`);
  return yield* start(loop, factory, commandOf(argv, options), options);
}

function* start<P extends AnySubprocessProtocol>(
  loop: EventLoop,
  factory: () => P,
  command: Command,
  options: SubprocessOptions,
): Coroutine<[SubprocessTransport, P]> {
  if (typeof factory !== 'function') {
    throw new TypeError(`Expected the protocol factory to be a function, got ${typeof factory}`);
  }
  checkSpawnOptions(options);
  const protocol = factory();
  const { stdin = PIPE, stdout = PIPE, stderr = PIPE } = options;
  const byNode = loop.backend === 'proactor';
  const stdio = new PreparedStdio(stdin, stdout, stderr, byNode);
  let transport: SubprocessTransport;
  try {
    const started = startChild(command, stdio, options, byNode);
    const child = started instanceof Promise ? yield* wrapFuture(started, { loop }) : started;
    transport = new SubprocessTransport(loop, child, protocol);
  } catch (error) {
    stdio.discard();
    throw error;
  }
  stdio.closeChildEnds();
  try {
    yield* transport._connect(stdio);
    // connectionMade has run when the caller goes on.
    yield;
  } catch (error) {
    transport.close();
    yield* transport._exited();
    throw error;
  }
  return [transport, protocol];
}

function shellCommand(cmd: Uint8Array): Uint8Array[] {
  if (process.platform !== 'win32') return ['/bin/sh', '-c'].map(argumentBytes).concat(cmd);
  const quoted = Buffer.from(`"${Buffer.from(cmd).toString()}"`);
  return [process.env['comspec'] ?? 'cmd.exe', '/d', '/s', '/c'].map(argumentBytes).concat(quoted);
}

function commandOf(argv: readonly Uint8Array[], { executable }: SubprocessOptions): Command {
  const program =
    executable === undefined || executable === null ? argv[0] : argumentBytes(executable);
  return { program: program as Uint8Array, argv };
}

function checkOptions(options: unknown, kind: 'exec' | 'shell'): void {
  checkIsObject(options);
  for (const [name, value] of Object.entries(options)) {
    if (KNOWN.has(name)) continue;
    if (name === 'shell') {
      if (value === (kind === 'shell')) continue;
      throw new ValueError(`shell must be ${kind === 'shell' ? 'True' : 'False'}`);
    }
    const neutral = NEUTRAL[name];
    if (neutral === undefined) {
      refuseUnavailable(name);
      throw new TypeError(`there is no option ${JSON.stringify(name)} of a subprocess`);
    }
    if (!neutral[1].includes(value)) throw new ValueError(`${neutral[0]}, got ${String(value)}`);
  }
}
