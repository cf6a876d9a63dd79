import './register.ts';

export { SubprocessProtocol, type AnySubprocessProtocol } from './subprocess-protocol.ts';
export { SubprocessTransport } from './subprocess-transport.ts';
export { DEVNULL, PIPE, STDOUT, type Stdio } from './stdio.ts';
export type { Argument, SubprocessOptions } from './subprocess-exec.ts';
export type { SpawnOptions } from './spawn.ts';
export { shlexQuote } from './shlex-quote.ts';
