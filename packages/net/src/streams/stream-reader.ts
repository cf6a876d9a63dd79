import { AssertionError } from 'node:assert';
import {
  type AbstractEventLoop,
  type EventLoop,
  type Future,
  getEventLoop,
  NotImplementedError,
  RuntimeError,
  ValueError,
} from '@loop/core';
import { checkBytes, checkNumber, describe } from '@loop/posix/internal';
import { checkMethods } from '../check-options.ts';
import type { ReadTransport } from '../transport/transport.ts';
import { asBuffer } from './errors.ts';
import { PendingRead, type ReadQueue } from './pending-read.ts';
import {
  checkCount,
  ReadBuffer,
  Search,
  type Take,
  takeExactly,
  takeLine,
  takeNextLine,
  takeSome,
  takeToEnd,
  takeUntil,
} from './read-buffer.ts';
import { NEWLINE, Separators } from './separators.ts';

/** How many bytes a line may have, and half of what is buffered, unless it is given. */
export const DEFAULT_LIMIT = 65536;
const NO_SEARCH = new Search(NEWLINE);
const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * The reading side of a stream: gives what comes in the portions that are asked for, and slows the peer
 * down while nobody asks.
 *
 * One task may wait in a read at a time. A read that is cancelled takes nothing. Data that are there
 * already are given at once: the loop has no turn.
 *
 * ```ts
 * for await (const line of reader) console.log(line.toString());
 * ```
 *
 * Buffers that are read are the caller's to keep.
 *
 * @see CPython `asyncio.StreamReader`
 */
export class StreamReader implements AsyncIterable<Buffer> {
  readonly #loop: EventLoop;
  readonly #buffer: ReadBuffer;
  readonly #reads: ReadQueue;
  // More than this is too much.
  readonly #high: number;
  #exception: Error | null = null;
  #pending: PendingRead<unknown> | null = null;
  #transport: ReadTransport | null = null;
  #paused = false;

  /**
   * @param limit - The longest line in bytes; reading is paused when more than twice as much is buffered.
   * @param loop - By default the running one.
   * @throws {ValueError} `limit` is not positive.
   * @throws {RuntimeError} There is no loop.
   */
  constructor(limit: number = DEFAULT_LIMIT, loop: AbstractEventLoop = getEventLoop()) {
    checkNumber(limit, 'limit');
    checkMethods(loop, 'loop', 'an event loop', 'createFuture');
    if (!(limit > 0)) throw new ValueError('Limit cannot be <= 0');
    this.#loop = loop as EventLoop;
    this.#buffer = new ReadBuffer(limit);
    this.#high = 2 * limit;
    this.#reads = {
      buffer: this.#buffer,
      waitAgain: (read) => this.#waitAgain(read),
      taken: () => this.#resumeIfRoom(),
      leave: (read) => this.#leave(read),
    };
  }

  // Reading

  /**
   * Waits for data and gives at most `n` bytes of them; none at the end of the stream.
   *
   * @param n - 0 gives none at once; without it or with -1, everything up to the end of the stream.
   */
  read(n = -1): Future<Buffer> {
    if (typeof n === 'number' && n < 0) return this.#get('read', Infinity, takeToEnd, n, NO_SEARCH);
    return this.#get('read', 1, takeSome, n, NO_SEARCH);
  }

  /**
   * Reads up to and including the next newline. At the end of the stream this is the rest, without one,
   * and then nothing.
   *
   * Rejects with `ValueError` if the line is longer than the limit; what there is of it is dropped.
   */
  readline(): Future<Buffer> {
    return this.#get('readuntil', 0, takeLine, 0, new Search(NEWLINE));
  }

  /**
   * Reads exactly `n` bytes, whatever the limit.
   *
   * Rejects with `IncompleteReadError`, which holds what there is, if the stream ends before.
   */
  readexactly(n: number): Future<Buffer> {
    return this.#get('readexactly', n, takeExactly, n, NO_SEARCH);
  }

  /**
   * Reads up to and including the separator; of several, the one that ends first.
   *
   * Rejects with `LimitOverrunError` and takes nothing if there is none within the limit; with
   * `IncompleteReadError`, which holds what there is, if the stream ends before.
   *
   * @param separator - Bytes, or an array of them for alternatives; by default a newline.
   */
  readuntil(separator?: Uint8Array | readonly Uint8Array[]): Future<Buffer> {
    let separators = NEWLINE;
    try {
      if (separator !== undefined) separators = new Separators(separator);
    } catch (error) {
      return this.#failed(error);
    }
    return this.#get('readuntil', 0, takeUntil, 0, new Search(separators));
  }

  /** Whether everything has been read, and the stream has ended. */
  atEof(): boolean {
    return this.#buffer.ended && this.#buffer.queue.size === 0;
  }

  /** The lines of the stream, as {@link readline} gives them. In a generator: `yield* lines.next()`. */
  [Symbol.asyncIterator](): LineIterator {
    return {
      next: () => this.#get('readuntil', 0, takeNextLine, 0, new Search(NEWLINE)),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  // Feeding

  /**
   * Adds data that have come. The reader keeps the buffer: it must not be changed afterwards.
   *
   * @throws {AssertionError} After {@link feedEof}.
   */
  feedData(data: Uint8Array): void {
    checkBytes(data, 'data');
    if (this.#buffer.ended) throw new AssertionError({ message: 'feed_data after feed_eof' });
    if (data.length > 0) this._feed(asBuffer(data));
  }

  /** As {@link feedData}, by a transport: some bytes, before the end. @internal */
  _feed(data: Buffer): void {
    const { queue } = this.#buffer;
    queue.push(data);
    const pending = this.#pending;
    if (pending !== null && queue.size >= pending.wanted) this.#wake(pending);
    if (queue.size > this.#high) this.#pauseIfFull();
  }

  /** No more data will come. */
  feedEof(): void {
    this.#buffer.ended = true;
    if (this.#pending !== null) this.#wake(this.#pending);
  }

  /** What all further reads reject with, or `null`. */
  exception(): Error | null {
    return this.#exception;
  }

  /**
   * Has the read that waits, and all further ones, reject with `exception`.
   *
   * @throws {TypeError} It is no error.
   */
  setException(exception: Error): void {
    if (!(exception instanceof Error)) {
      throw new TypeError(`Expected exception to be an Error, got ${describe(exception)}`);
    }
    this.#exception = exception;
    const pending = this.#pending;
    this.#pending = null;
    pending?.wakeWith(exception);
  }

  /**
   * Says whose reading is paused while too much is buffered.
   *
   * @throws {AssertionError} It has been said.
   */
  setTransport(transport: ReadTransport): void {
    checkMethods(transport, 'transport', 'a transport', 'pauseReading', 'resumeReading');
    if (this.#transport !== null) throw new AssertionError({ message: 'Transport already set' });
    this.#transport = transport;
  }

  /** Everything that is buffered, which is not to be read any more; `null` if that is nothing. @internal */
  _takeForTls(): Buffer | null {
    const { queue } = this.#buffer;
    if (queue.size === 0) return null;
    const all = queue.takeAll();
    this.#resumeIfRoom();
    return all;
  }

  /** TLS has taken the place of what was there. @internal */
  _replaceTransport(transport: ReadTransport): void {
    this.#transport = transport;
    this.#pauseIfFull();
  }

  toString(): string {
    const { queue, ended, limit } = this.#buffer;
    const parts = ['StreamReader'];
    if (queue.size > 0) parts.push(`${queue.size} bytes`);
    if (ended) parts.push('eof');
    if (limit !== DEFAULT_LIMIT) parts.push(`limit=${limit}`);
    if (this.#pending !== null) parts.push(`waiter=${this.#pending.toString()}`);
    if (this.#exception !== null) parts.push(`exception=${String(this.#exception)}`);
    if (this.#transport !== null) parts.push(`transport=${this.#transport.toString()}`);
    if (this.#paused) parts.push('paused');
    return `<${parts.join(' ')}>`;
  }

  [inspect](): string {
    return this.toString();
  }

  // Waiting

  /** A read: what `take` gives, at once or when enough has come. */
  #get<T>(method: string, wanted: number, take: Take<T>, n: number, search: Search): Future<T> {
    let taken: T | undefined;
    try {
      if (this.#exception !== null) throw this.#exception;
      checkCount(n);
      taken = take(this.#buffer, n, search);
      if (taken === undefined) this.#checkFree(method);
    } catch (error) {
      this.#resumeIfRoom();
      return this.#failed(error);
    }
    if (taken === undefined) {
      const read = new PendingRead(this.#loop, this.#reads, method, wanted, take, n, search);
      this.#pending = read;
      if (this.#paused) this.#resume();
      return read;
    }
    if (this.#paused) this.#resumeIfRoom();
    const future = this.#loop.createFuture<T>();
    future.setResult(taken);
    return future;
  }

  #failed(error: unknown): Future<never> {
    const future = this.#loop.createFuture<never>();
    future.setException(error as Error);
    return future;
  }

  #wake(pending: PendingRead<unknown>): void {
    this.#pending = null;
    pending.wake();
  }

  #waitAgain(read: PendingRead<unknown>): void {
    // It may have come together with the data that have woken this read.
    if (this.#exception !== null) throw this.#exception;
    this.#checkFree(read.method);
    this.#pending = read;
    if (this.#paused) this.#resume();
  }

  #checkFree(method: string): void {
    if (this.#pending === null) return;
    throw new RuntimeError(
      `${method}() called while another coroutine is already waiting for incoming data`,
    );
  }

  #leave(read: PendingRead<unknown>): void {
    if (this.#pending === read) this.#pending = null;
    this.#pauseIfFull();
  }

  // Flow control

  #pauseIfFull(): void {
    const { queue, ended } = this.#buffer;
    if (queue.size <= this.#high || this.#paused || ended || this.#transport === null) return;
    // No reason to pause before there is what a read waits for.
    if (this.#pending !== null && queue.size < this.#pending.wanted) return;
    try {
      this.#transport.pauseReading();
      this.#paused = true;
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
      // It cannot be paused, and need not be asked again.
      this.#transport = null;
    }
  }

  #resumeIfRoom(): void {
    if (this.#paused && this.#buffer.queue.size <= this.#buffer.limit) this.#resume();
  }

  #resume(): void {
    this.#paused = false;
    this.#transport?.resumeReading();
  }
}

/** An iterator over lines, whose `next()` can be awaited in both styles. */
export interface LineIterator extends AsyncIterableIterator<Buffer> {
  next(): Future<IteratorResult<Buffer, void>>;
}

/** @throws {TypeError} `reader` is none. */
export function checkReader(reader: unknown): asserts reader is StreamReader {
  if (reader instanceof StreamReader) return;
  throw new TypeError(`Expected reader to be a StreamReader, got ${describe(reader)}`);
}
