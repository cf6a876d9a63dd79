import './register.ts';

export {
  createSubprocessExec,
  createSubprocessShell,
  type ProcessOptions,
} from './create-subprocess.ts';
export { Process, type ProcessOutput } from './process.ts';
export {
  BufferedSubprocessProtocol,
  SubprocessProtocol,
  type AnySubprocessProtocol,
} from './subprocess-protocol.ts';
export { SubprocessTransport, type WaitOptions } from './subprocess-transport.ts';
export type { SignalOptions, TerminateOptions } from './ending/terminate.ts';
export { DEVNULL, PIPE, STDOUT, type Stdio } from './stdio.ts';
export type { SubprocessOptions } from './subprocess-exec.ts';
export type { Argument, SpawnOptions } from './spawn/spawn-options.ts';
export { shlexQuote } from './shlex-quote.ts';

// Observing
export type { ProcessExitMessage, ProcessMessage } from './diagnostics.ts';
