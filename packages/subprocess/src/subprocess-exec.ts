import { fileURLToPath } from 'node:url';
import { type Coroutine, type EventLoop, ValueError } from '@loop/core';
import { checkSpawnOptions, type Command, type SpawnOptions, startChild } from './spawn.ts';
import { PIPE, PreparedStdio, type Stdio } from './stdio.ts';
import type { AnySubprocessProtocol } from './subprocess-protocol.ts';
import { SubprocessTransport } from './subprocess-transport.ts';
import { wrapFuture } from '@loop/core';

/** What is taken for a program or an argument. */
export type Argument = string | Uint8Array | URL;

/** Options of `subprocessExec` and `subprocessShell`. */
export interface SubprocessOptions extends SpawnOptions {
  /** By default `PIPE`, as for the others. */
  readonly stdin?: Stdio;
  readonly stdout?: Stdio;
  readonly stderr?: Stdio;
}

const KNOWN = new Set([
  'stdin',
  'stdout',
  'stderr',
  'cwd',
  'env',
  'passFds',
  'startNewSession',
  'processGroup',
  'user',
  'group',
  'umask',
  'argv0',
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
  const [program, ...rest] = Array.isArray(args) ? (args as readonly Argument[]) : [];
  if (program === undefined) {
    throw new TypeError(`Expected args to be an array with a program, got ${JSON.stringify(args)}`);
  }
  const command = { program: argumentText(program), args: rest.map(argumentText) };
  if (loop.getDebug()) console.warn(`execute program ${command.program}`);
  return yield* start(loop, factory, command, options);
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
  if (loop.getDebug()) console.warn(`run shell command ${argumentText(cmd)}`);
  return yield* start(loop, factory, shellCommand(argumentText(cmd)), options);
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
  const stdio = new PreparedStdio(stdin, stdout, stderr);
  let transport: SubprocessTransport;
  try {
    const child = yield* wrapFuture(startChild(command, stdio, options), { loop });
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
    yield* transport._reaped();
    throw error;
  }
  return [transport, protocol];
}

function shellCommand(cmd: string): Command {
  if (process.platform === 'win32') {
    return { program: process.env['comspec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${cmd}"`] };
  }
  return { program: '/bin/sh', args: ['-c', cmd] };
}

function checkOptions(options: unknown, kind: 'exec' | 'shell'): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected options to be an object, got ${String(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (KNOWN.has(name)) continue;
    if (name === 'shell') {
      if (value === (kind === 'shell')) continue;
      throw new ValueError(`shell must be ${kind === 'shell' ? 'True' : 'False'}`);
    }
    const neutral = NEUTRAL[name];
    if (neutral === undefined) {
      throw new TypeError(`there is no option ${JSON.stringify(name)} of a subprocess`);
    }
    if (!neutral[1].includes(value)) throw new ValueError(`${neutral[0]}, got ${String(value)}`);
  }
}

function argumentText(argument: unknown): string {
  if (typeof argument === 'string') return argument;
  if (argument instanceof URL) return fileURLToPath(argument);
  if (argument instanceof Uint8Array) return Buffer.from(argument).toString();
  const kind = Array.isArray(argument) ? 'list' : argument === null ? 'null' : typeof argument;
  throw new TypeError(`expected str, bytes or os.PathLike object, not ${kind}`);
}
