import { RuntimeError } from '@loop/core';
import type { SocketAddress } from '@loop/posix';
import type { BaseTransport, DatagramTransport, Transport } from './transport.ts';

/**
 * What all protocols have: a transport calls these, each from a callback of the loop.
 * Extending a class is convenient and not required: any object with the methods will do.
 *
 * @see CPython `asyncio.BaseProtocol`
 */
export class BaseProtocol<T extends BaseTransport = BaseTransport> {
  /** The connection is there; comes first, once. */
  connectionMade(_transport: T): void {}

  /** The connection is gone; comes last, once. `null` after a regular close, an abort or the end of the stream. */
  connectionLost(_error: Error | null): void {}

  /** More is buffered for writing than the high limit: better write no more for now. Called from inside `write()`. */
  pauseWriting(): void {}

  /** The buffer has drained to the low limit. */
  resumeWriting(): void {}
}

/**
 * A protocol for streams. Order: `connectionMade`, `dataReceived` any number of times, `eofReceived` at
 * most once, `connectionLost`.
 *
 * @see CPython `asyncio.Protocol`
 */
export class Protocol extends BaseProtocol<Transport> {
  /**
   * Some bytes, at least one. The buffer is the protocol's to keep. It may be a part of a larger memory:
   * copy it before posting it to a worker, which would get the whole.
   */
  dataReceived(_data: Buffer): void {}

  /**
   * The peer will send no more.
   *
   * @returns Truthy to keep the connection open for writing; otherwise the transport closes it.
   */
  eofReceived(): unknown {
    return undefined;
  }
}

/**
 * A protocol for streams that says where received bytes go: nothing is allocated or copied for them.
 *
 * @see CPython `asyncio.BufferedProtocol`
 */
export class BufferedProtocol extends BaseProtocol<Transport> {
  /**
   * Where to put the next bytes, from its start on. The buffer is the transport's until `bufferUpdated`.
   *
   * @param _sizeHint - How much is wanted at least; -1 if that is not known.
   */
  getBuffer(_sizeHint: number): Uint8Array {
    return new Uint8Array(65536);
  }

  /** `count` bytes have been put into the buffer, at least one. */
  bufferUpdated(_count: number): void {}

  /** As `Protocol.eofReceived`. */
  eofReceived(): unknown {
    return undefined;
  }
}

/**
 * A protocol for datagrams.
 *
 * @see CPython `asyncio.DatagramProtocol`
 */
export class DatagramProtocol extends BaseProtocol<DatagramTransport> {
  /** One datagram; it may be empty. The buffer is the protocol's to keep. */
  datagramReceived(_data: Buffer, _address: SocketAddress): void {}

  /** A send or receive failed; the transport goes on. */
  errorReceived(_error: Error): void {}
}

/** Objects with the methods of a stream protocol, however they came by them. */
export type StreamProtocol = Pick<
  Protocol,
  'connectionMade' | 'connectionLost' | 'dataReceived' | 'eofReceived'
> &
  Partial<Pick<Protocol, 'pauseWriting' | 'resumeWriting'>>;

/** Whether data goes by `getBuffer` and `bufferUpdated`. */
export function isBuffered(protocol: unknown): protocol is BufferedProtocol {
  return protocol instanceof BufferedProtocol;
}

/**
 * Puts `data` into a buffered protocol, in as many rounds as its buffers need.
 *
 * @throws {RuntimeError} The protocol gave an empty buffer.
 */
export function feedBuffered(protocol: BufferedProtocol, data: Uint8Array): void {
  let rest = data;
  while (rest.length > 0) {
    const buffer = checkBuffer(protocol.getBuffer(rest.length));
    const count = Math.min(buffer.length, rest.length);
    buffer.set(rest.subarray(0, count));
    protocol.bufferUpdated(count);
    rest = rest.subarray(count);
  }
}

/** @throws {TypeError | RuntimeError} `getBuffer()` gave no buffer, or an empty one. */
export function checkBuffer(buffer: unknown): Uint8Array {
  if (!(buffer instanceof Uint8Array)) {
    throw new TypeError(`getBuffer() has to return a Uint8Array, got ${String(buffer)}`);
  }
  if (buffer.length === 0) throw new RuntimeError('get_buffer() returned an empty buffer');
  return buffer;
}
