import './register.ts';

export { SubprocessProtocol, type AnySubprocessProtocol } from './subprocess-protocol.ts';
export { SubprocessTransport } from './subprocess-transport.ts';
export { DEVNULL, PIPE, STDOUT, type Stdio } from './stdio.ts';
export type { SubprocessOptions } from './subprocess-exec.ts';
export type { Argument, SpawnOptions } from './spawn/spawn-options.ts';
export { shlexQuote } from './shlex-quote.ts';
