import { type Coroutine, type EventLoop, type Future, operation, sleep } from '@loop/core';
import { OSError } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { checkMethods, checkObject } from '../check-options.ts';
import type { AnyStreamProtocol } from '../transport/open-stream.ts';
import type { SSLContext } from '../tls/ssl-context.ts';
import type { StartTlsOptions } from '../tls/start-tls.ts';
import type { ExtraInfo, Transport, WriteTransport } from '../transport/transport.ts';
import type { StreamFlow } from './stream-flow.ts';
import type { StreamReader } from './stream-reader.ts';

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The protocol of a writer's transport: it tells its flow what it hears. */
export interface WriterProtocol {
  readonly flow: StreamFlow;
}

/** A protocol whose connection can go on over TLS. */
interface UpgradableProtocol {
  /** @internal */
  readonly _serverSide: boolean;
  /** @internal */
  _replaceTransport(transport: Transport): void;
}

/** Options of `StreamWriter.startTls`: those of `loop.startTls` that the streams do not know themselves. */
export type StreamTlsOptions = Omit<StartTlsOptions, 'serverSide' | 'received'>;

/**
 * The writing side of a stream.
 *
 * ```ts
 * writer.write(data);
 * await writer.drain();
 * ```
 *
 * `write()` never waits: {@link drain} does, while the peer takes less than is written.
 * With `await using` the stream is closed at the end of the block, once everything is sent.
 *
 * @see CPython `asyncio.StreamWriter`
 */
export class StreamWriter<T extends WriteTransport = WriteTransport> implements AsyncDisposable {
  readonly #loop: EventLoop;
  readonly #flow: StreamFlow;
  readonly #reader: StreamReader | null;
  readonly #protocol: WriterProtocol & Partial<UpgradableProtocol>;
  #transport: T;
  // Most writes need no wait: one future serves them all.
  readonly #drained: Future<void>;

  /**
   * Made by {@link openConnection} and {@link startServer}; by hand for a protocol of your own.
   *
   * @throws {TypeError} One of them is something else.
   */
  constructor(
    transport: T,
    protocol: WriterProtocol,
    reader: StreamReader | null,
    loop: EventLoop,
  ) {
    checkMethods(transport, 'transport', 'a transport', 'write', 'close');
    checkFlow(protocol);
    if (reader !== null) checkMethods(reader, 'reader', 'a StreamReader or null', 'exception');
    checkMethods(loop, 'loop', 'an event loop', 'createFuture');
    this.#transport = transport;
    this.#protocol = protocol;
    this.#flow = protocol.flow;
    this.#reader = reader;
    this.#loop = loop;
    this.#drained = loop.createFuture();
    this.#drained.setResult();
  }

  /** The transport below. */
  get transport(): T {
    return this.#transport;
  }

  /**
   * Sends `data`, or buffers it. The buffer may be used again at once.
   *
   * @throws {TypeError} `data` is no Uint8Array.
   * @throws {RuntimeError} After {@link writeEof}.
   */
  write(data: Uint8Array): void {
    this.#transport.write(data);
  }

  /** Sends several pieces in order, as one where that is possible. */
  writelines(pieces: Iterable<Uint8Array>): void {
    this.#transport.writelines(pieces);
  }

  /** Closes the writing side once everything is sent; reading goes on. */
  writeEof(): void {
    this.#transport.writeEof();
  }

  canWriteEof(): boolean {
    return this.#transport.canWriteEof();
  }

  /**
   * Waits until there is room to write more; not at all while there is.
   *
   * Rejects with what the connection was lost by, or `OSError` `ECONNRESET` once it is gone: a loop that
   * writes and drains ends by itself.
   */
  drain(): Future<void> {
    const open =
      this.#flow.open &&
      (this.#reader === null || this.#reader.exception() === null) &&
      !this.#transport.isClosing();
    return open ? this.#drained : operation(() => this.#drain(), this.#loop);
  }

  /**
   * Goes on over TLS, with the same reader and writer. What was written before goes out in plain; what the
   * reader holds is the beginning of TLS, or fails the handshake: nothing that was sent in plain is ever
   * read as if it had been secured.
   *
   * Rejects as `loop.startTls`; if the handshake fails, the connection is closed.
   *
   * @see CPython `StreamWriter.start_tls`
   */
  startTls(sslcontext: SSLContext, options: StreamTlsOptions = {}): Future<void> {
    return operation(() => this.#startTls(sslcontext, options), this.#loop);
  }

  /** Sends what is buffered, and closes; returns at once. */
  close(): void {
    this.#transport.close();
  }

  /** Whether it is closed, or on its way there. */
  isClosing(): boolean {
    return this.#transport.isClosing();
  }

  /** Waits until the connection is gone. Rejects with the error that it was lost by. */
  waitClosed(): Future<void> {
    return operation(() => this.#flow._closed(), this.#loop);
  }

  /** A fact about the connection, or `fallback` where there is no such fact. */
  getExtraInfo<K extends keyof ExtraInfo>(name: K): ExtraInfo[K] | undefined;
  getExtraInfo<K extends keyof ExtraInfo, F>(name: K, fallback: F): ExtraInfo[K] | F;
  getExtraInfo(name: string, fallback?: unknown): unknown;
  getExtraInfo(name: string, fallback?: unknown): unknown {
    return this.#transport.getExtraInfo(name, fallback);
  }

  /**
   * Closes, and waits for the end. A connection that has failed is closed too: that error is for
   * {@link drain} and {@link waitClosed}, and does not take the place of the one that ends the block.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await operation(() => this.#closedSomehow(), this.#loop);
  }

  toString(): string {
    const reader = this.#reader === null ? '' : ` reader=${this.#reader.toString()}`;
    return `<StreamWriter transport=${this.#transport.toString()}${reader}>`;
  }

  [inspect](): string {
    return this.toString();
  }

  *#drain(): Coroutine<void> {
    const error = this.#reader?.exception() ?? null;
    if (error !== null) throw error;
    // The connection may be gone with the next iteration, and nobody has said so yet.
    if (this.#transport.isClosing()) yield* sleep(0);
    yield* this.#flow._drain();
  }

  *#startTls(sslcontext: SSLContext, options: StreamTlsOptions): Coroutine<void> {
    checkObject(options, 'startTls');
    const reader = this.#reader;
    const protocol = this.#protocol;
    if (reader === null || !isUpgradable(protocol)) {
      throw new TypeError('startTls() needs the streams of a connection');
    }
    yield* this.#drain();
    const plain = this.#transport as WriteTransport as Transport;
    const received = reader._takeForTls();
    let upgraded: Transport | null;
    try {
      upgraded = yield* this.#loop.startTls(plain, protocol, sslcontext, {
        ...options,
        serverSide: protocol._serverSide,
        received,
      });
    } catch (error) {
      // Arguments that do not fit leave the connection as it was.
      if (received !== null && !plain.isClosing()) reader.feedData(received);
      throw error;
    }
    if (upgraded === null) throw new OSError('ECONNRESET', { message: 'Connection lost' });
    this.#transport = upgraded as WriteTransport as T;
    protocol._replaceTransport(upgraded);
  }

  *#closedSomehow(): Coroutine<void> {
    try {
      yield* this.#flow._closed();
    } catch (error) {
      if (!this.#flow.lost) throw error;
    }
  }
}

function isUpgradable(
  protocol: WriterProtocol & Partial<UpgradableProtocol>,
): protocol is WriterProtocol & UpgradableProtocol & AnyStreamProtocol {
  return protocol._replaceTransport !== undefined;
}

function checkFlow(protocol: unknown): void {
  const { flow = null } = (protocol ?? {}) as Partial<WriterProtocol>;
  if (typeof flow === 'object' && flow !== null) return;
  throw new TypeError(`Expected protocol to have a StreamFlow, got ${describe(protocol)}`);
}

/** @throws {TypeError} `writer` is none. */
export function checkWriter(writer: unknown): asserts writer is StreamWriter {
  if (writer instanceof StreamWriter) return;
  throw new TypeError(`Expected writer to be a StreamWriter, got ${describe(writer)}`);
}
