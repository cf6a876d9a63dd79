import { BaseProtocol } from '@loop/net';
import type { SubprocessTransport } from './subprocess-transport.ts';

/**
 * What a child process does, as events: `connectionMade` first, `connectionLost` last, when it has
 * ended and all of its pipes have. In between the order of exit and pipes is not defined.
 *
 * @see CPython `asyncio.SubprocessProtocol`
 */
export class SubprocessProtocol extends BaseProtocol<SubprocessTransport> {
  /** The child wrote to its standard output (`fd` 1) or error (2). */
  pipeDataReceived(_fd: number, _data: Buffer): void {}

  /** A pipe has ended; once for each, standard input's (0) included. */
  pipeConnectionLost(_fd: number, _error: Error | null): void {}

  /** The child has ended; its return code is known. */
  processExited(): void {}
}

/** Objects with the methods of a subprocess protocol. */
export type AnySubprocessProtocol = Pick<
  SubprocessProtocol,
  'connectionMade' | 'connectionLost' | 'pipeDataReceived' | 'pipeConnectionLost' | 'processExited'
> &
  Partial<Pick<SubprocessProtocol, 'pauseWriting' | 'resumeWriting'>>;
