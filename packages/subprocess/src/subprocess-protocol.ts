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

/**
 * The same for who has memory for the output of the child: it is read there, and nothing is allocated. At the
 * rates of pipes, more than 1 GB a second, new memory for all data costs more than moving it.
 *
 * @see CPython `asyncio.BufferedProtocol`, which has this for sockets only.
 */
export class BufferedSubprocessProtocol extends BaseProtocol<SubprocessTransport> {
  /** Where to put what the child writes to `fd` 1 or 2; at least one byte. */
  pipeGetBuffer(_fd: number): Uint8Array {
    return new Uint8Array(65536);
  }

  /** `count` bytes, at least one, have been put into the buffer. */
  pipeBufferUpdated(_fd: number, _count: number): void {}

  /** As {@link SubprocessProtocol.pipeConnectionLost}. */
  pipeConnectionLost(_fd: number, _error: Error | null): void {}

  /** As {@link SubprocessProtocol.processExited}. */
  processExited(): void {}
}

/** Objects with the methods of a subprocess protocol. */
export type AnySubprocessProtocol =
  | BufferedSubprocessProtocol
  | (Pick<
      SubprocessProtocol,
      | 'connectionMade'
      | 'connectionLost'
      | 'pipeDataReceived'
      | 'pipeConnectionLost'
      | 'processExited'
    > &
      Partial<Pick<SubprocessProtocol, 'pauseWriting' | 'resumeWriting'>>);
