import { NotImplementedError } from '@loop/core';
import type { SocketAddress } from '@loop/posix';
import type { BaseProtocol } from './protocol.ts';
import type { TransportSocket } from './transport-socket.ts';

/** What `getExtraInfo` knows, by key. Packages add keys by declaration merging. */
export interface ExtraInfo {
  readonly socket: TransportSocket;
  readonly sockname: SocketAddress;
  readonly peername: SocketAddress | null;
  readonly pipe: unknown;
}

/**
 * What all transports have. Each method throws `NotImplementedError` here.
 *
 * @see CPython `asyncio.BaseTransport`
 */
export abstract class BaseTransport {
  /** A fact about the connection, or `fallback` where there is no such fact. */
  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | undefined;
  getExtraInfo<K extends keyof ExtraInfo, F>(name: K, fallback: F): ExtraInfo[K] | F;
  getExtraInfo(name: string, fallback?: unknown): unknown;
  getExtraInfo(_name: string, _fallback?: unknown): unknown {
    return missing('getExtraInfo');
  }

  /** Whether the transport is closed or on its way there. */
  isClosing(): boolean {
    return missing('isClosing');
  }

  /** Receives no more, sends what is buffered, and then calls `connectionLost(null)`; returns at once. */
  close(): void {
    missing('close');
  }

  /**
   * Has `protocol` get all later events, without a `connectionMade`.
   *
   * @throws {TypeError} It is no protocol.
   */
  setProtocol(_protocol: BaseProtocol<never>): void {
    missing('setProtocol');
  }

  /** The protocol, `null` once the connection is lost. */
  getProtocol(): BaseProtocol<never> | null {
    return missing('getProtocol');
  }

  toString(): string {
    return `<${this.constructor.name}>`;
  }
}

/** @see CPython `asyncio.ReadTransport` */
export abstract class ReadTransport extends BaseTransport {
  /** Whether data is being delivered. */
  isReading(): boolean {
    return missing('isReading');
  }

  /** Delivers nothing until {@link resumeReading}; the peer is slowed down in the end. */
  pauseReading(): void {
    missing('pauseReading');
  }

  resumeReading(): void {
    missing('resumeReading');
  }
}

/** @see CPython `asyncio.WriteTransport` */
export abstract class WriteTransport extends BaseTransport {
  /**
   * Sends `data`, or buffers it: never waits. The buffer may be used again at once.
   *
   * @throws {TypeError} `data` is no Uint8Array.
   * @throws {RuntimeError} After `writeEof()`.
   */
  write(_data: Uint8Array): void {
    missing('write');
  }

  /** Sends several pieces in order, as one where that is possible. */
  writelines(_pieces: Iterable<Uint8Array>): void {
    missing('writelines');
  }

  /** Closes the writing side once everything is sent; receiving goes on. */
  writeEof(): void {
    missing('writeEof');
  }

  canWriteEof(): boolean {
    return missing('canWriteEof');
  }

  /** Closes at once; what is buffered is lost. */
  abort(): void {
    missing('abort');
  }

  /** Bytes that are buffered for writing. */
  getWriteBufferSize(): number {
    return missing('getWriteBufferSize');
  }

  /** The limits of flow control in bytes, as `[low, high]`. */
  getWriteBufferLimits(): [low: number, high: number] {
    return missing('getWriteBufferLimits');
  }

  /**
   * Sets the limits in bytes: above `high` the protocol's `pauseWriting` is called, at `low` or below
   * its `resumeWriting`.
   *
   * @param _high - By default 65536, or four times `low`.
   * @param _low - By default a quarter of `high`.
   * @throws {ValueError} Unless `high >= low >= 0`.
   */
  setWriteBufferLimits(_high?: number | null, _low?: number | null): void {
    missing('setWriteBufferLimits');
  }
}

/**
 * A two-way stream.
 *
 * @see CPython `asyncio.Transport`
 */
export abstract class Transport extends WriteTransport implements ReadTransport {
  isReading(): boolean {
    return missing('isReading');
  }

  pauseReading(): void {
    missing('pauseReading');
  }

  resumeReading(): void {
    missing('resumeReading');
  }
}

/** @see CPython `asyncio.DatagramTransport` */
export abstract class DatagramTransport extends BaseTransport {
  /**
   * Sends one datagram, or buffers it.
   *
   * @param _address - Where to; `null` on a connected endpoint.
   * @throws {TypeError} `data` is no Uint8Array.
   * @throws {ValueError} The endpoint is connected to another address.
   */
  sendto(_data: Uint8Array, _address?: SocketAddress | null): void {
    missing('sendto');
  }

  /** Bytes that are buffered, and 8 more for each datagram. */
  getWriteBufferSize(): number {
    return missing('getWriteBufferSize');
  }

  /** As `WriteTransport.getWriteBufferLimits`. */
  getWriteBufferLimits(): [low: number, high: number] {
    return missing('getWriteBufferLimits');
  }

  /** As `WriteTransport.setWriteBufferLimits`. */
  setWriteBufferLimits(_high?: number | null, _low?: number | null): void {
    missing('setWriteBufferLimits');
  }

  /** Closes at once; what is buffered is lost. */
  abort(): void {
    missing('abort');
  }
}

function missing(method: string): never {
  throw new NotImplementedError(`This transport does not implement ${method}()`);
}
