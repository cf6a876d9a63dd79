import { type Coroutine, type EventLoop, type Future, operation, sleep } from '@loop/core';
import type { ExtraInfo, WriteTransport } from '../transport/transport.ts';
import type { StreamFlow } from './stream-flow.ts';
import type { StreamReader } from './stream-reader.ts';

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The protocol of a writer's transport: it tells its flow what it hears. */
export interface WriterProtocol {
  readonly flow: StreamFlow;
}

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
  readonly #transport: T;
  // Most writes need no wait: one future serves them all.
  readonly #drained: Future<void>;

  /** Made by {@link openConnection} and {@link startServer}; by hand for a protocol of your own. */
  constructor(
    transport: T,
    protocol: WriterProtocol,
    reader: StreamReader | null,
    loop: EventLoop,
  ) {
    this.#transport = transport;
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

  *#closedSomehow(): Coroutine<void> {
    try {
      yield* this.#flow._closed();
    } catch (error) {
      if (!this.#flow.lost) throw error;
    }
  }
}
