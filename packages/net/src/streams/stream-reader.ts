import { AssertionError } from 'node:assert';
import {
  type AbstractEventLoop,
  type Coroutine,
  type EventLoop,
  type Future,
  getEventLoop,
  NotImplementedError,
  operation,
  RuntimeError,
  ValueError,
} from '@loop/core';
import { checkBytes, checkNumber, describe } from '@loop/posix/internal';
import type { ReadTransport } from '../transport/transport.ts';
import { ByteQueue } from './byte-queue.ts';
import { asBuffer, IncompleteReadError, LimitOverrunError } from './errors.ts';
import { NEWLINE, Separators } from './separators.ts';

/** How many bytes a line may have, and half of what is buffered, unless it is given. */
export const DEFAULT_LIMIT = 65536;
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
  readonly #limit: number;
  readonly #queue = new ByteQueue();
  #ended = false;
  #exception: Error | null = null;
  #waiter: Future<void> | null = null;
  #transport: ReadTransport | null = null;
  #paused = false;
  // How many bytes the read that waits needs in all: no reason to pause before.
  #wanted = 0;

  /**
   * @param limit - The longest line in bytes; reading is paused when more than twice as much is buffered.
   * @param loop - By default the running one.
   * @throws {ValueError} `limit` is not positive.
   * @throws {RuntimeError} There is no loop.
   */
  constructor(limit: number = DEFAULT_LIMIT, loop: AbstractEventLoop = getEventLoop()) {
    checkNumber(limit, 'limit');
    if (!(limit > 0)) throw new ValueError('Limit cannot be <= 0');
    this.#limit = limit;
    this.#loop = loop as EventLoop;
  }

  // Reading

  /**
   * Waits for data and gives at most `n` bytes of them; none at the end of the stream.
   *
   * @param n - 0 gives none at once; without it or with -1, everything up to the end of the stream.
   */
  read(n = -1): Future<Buffer> {
    return this.#get('read', n < 0 ? Infinity : 1, () => {
      checkCount(n);
      return n < 0 ? this.#takeToEnd() : this.#takeSome(n);
    });
  }

  /**
   * Reads up to and including the next newline. At the end of the stream this is the rest, without one,
   * and then nothing.
   *
   * Rejects with `ValueError` if the line is longer than the limit; what there is of it is dropped.
   */
  readline(): Future<Buffer> {
    const search = new Search(NEWLINE);
    return this.#get('readuntil', 0, () => this.#takeLine(search));
  }

  /**
   * Reads exactly `n` bytes, whatever the limit.
   *
   * Rejects with `IncompleteReadError`, which holds what there is, if the stream ends before.
   */
  readexactly(n: number): Future<Buffer> {
    return this.#get('readexactly', n, () => this.#takeExactly(n));
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
    let search: Search | null = null;
    return this.#get('readuntil', 0, () => {
      search ??= new Search(separator === undefined ? NEWLINE : new Separators(separator));
      return this.#takeUntil(search);
    });
  }

  /** Whether everything has been read, and the stream has ended. */
  atEof(): boolean {
    return this.#ended && this.#queue.size === 0;
  }

  /** The lines of the stream, as {@link readline} gives them. In a generator: `yield* lines.next()`. */
  [Symbol.asyncIterator](): LineIterator {
    return {
      next: () => {
        const search = new Search(NEWLINE);
        return this.#get('readuntil', 0, () => {
          const line = this.#takeLine(search);
          if (line === undefined) return undefined;
          return line.length > 0 ? { done: false, value: line } : { done: true, value: undefined };
        });
      },
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
    if (this.#ended) throw new AssertionError({ message: 'feed_data after feed_eof' });
    if (data.length === 0) return;
    this.#queue.push(asBuffer(data));
    this.#wake();
    this.#pauseIfFull();
  }

  /** No more data will come. */
  feedEof(): void {
    this.#ended = true;
    this.#wake();
  }

  /** What all further reads reject with, or `null`. */
  exception(): Error | null {
    return this.#exception;
  }

  /** Has the read that waits, and all further ones, reject with `exception`. */
  setException(exception: Error): void {
    this.#exception = exception;
    const waiter = this.#waiter;
    this.#waiter = null;
    if (waiter !== null && !waiter.done()) waiter.setException(exception);
  }

  /**
   * Says whose reading is paused while too much is buffered.
   *
   * @throws {AssertionError} It has been said.
   */
  setTransport(transport: ReadTransport): void {
    if (this.#transport !== null) throw new AssertionError({ message: 'Transport already set' });
    this.#transport = transport;
  }

  /** Everything that is buffered, which is not to be read any more; `null` if that is nothing. @internal */
  _takeForTls(): Buffer | null {
    return this.#queue.size === 0 ? null : this.#take(this.#queue.size);
  }

  /** TLS has taken the place of what was there. @internal */
  _replaceTransport(transport: ReadTransport): void {
    this.#transport = transport;
    this.#pauseIfFull();
  }

  toString(): string {
    const parts = ['StreamReader'];
    if (this.#queue.size > 0) parts.push(`${this.#queue.size} bytes`);
    if (this.#ended) parts.push('eof');
    if (this.#limit !== DEFAULT_LIMIT) parts.push(`limit=${this.#limit}`);
    if (this.#waiter !== null) parts.push(`waiter=${this.#waiter.toString()}`);
    if (this.#exception !== null) parts.push(`exception=${String(this.#exception)}`);
    if (this.#transport !== null) parts.push(`transport=${this.#transport.toString()}`);
    if (this.#paused) parts.push('paused');
    return `<${parts.join(' ')}>`;
  }

  [inspect](): string {
    return this.toString();
  }

  // What a read takes: `undefined` while it has to wait

  #takeSome(n: number): Buffer | undefined {
    const { size } = this.#queue;
    if (size === 0 && n > 0 && !this.#ended) return undefined;
    return this.#take(Math.min(n, size));
  }

  #takeToEnd(): Buffer | undefined {
    return this.#ended ? this.#take(this.#queue.size) : undefined;
  }

  #takeExactly(n: number): Buffer | undefined {
    checkCount(n);
    if (n < 0) throw new ValueError('readexactly size can not be less than zero');
    const { size } = this.#queue;
    if (size >= n) return this.#take(n);
    if (this.#ended) throw new IncompleteReadError(this.#queue.takeAll(), n);
    return undefined;
  }

  #takeUntil(search: Search): Buffer | undefined {
    const queue = this.#queue;
    const match = search.separators.find(queue, search.from);
    if (match !== null) {
      if (match.start <= this.#limit) return this.#take(match.end);
      throw new LimitOverrunError(
        'Separator is found, but chunk is longer than limit',
        match.start,
      );
    }
    search.from = search.separators.nextStart(queue.size);
    if (search.from > this.#limit) {
      throw new LimitOverrunError(
        'Separator is not found, and chunk exceed the limit',
        search.from,
      );
    }
    if (this.#ended) throw new IncompleteReadError(queue.takeAll(), null);
    return undefined;
  }

  #takeLine(search: Search): Buffer | undefined {
    try {
      return this.#takeUntil(search);
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      if (error instanceof LimitOverrunError) {
        this.#dropLine(error.consumed);
        throw new ValueError(error.message, { cause: error });
      }
      throw error;
    }
  }

  /** Drops a line that is too long: all that there is, if its end has not come. */
  #dropLine(length: number): void {
    const queue = this.#queue;
    if (NEWLINE.find(queue, length)?.start === length) void queue.take(length + 1);
    else queue.clear();
    this.#resumeIfRoom();
  }

  #take(count: number): Buffer {
    const data = this.#queue.take(count);
    if (this.#paused) this.#resumeIfRoom();
    return data;
  }

  // Waiting

  /**
   * A read: what `take` gives, at once or when enough has come.
   *
   * @param wanted - With less than so many bytes there is no need to look.
   */
  #get<T>(method: string, wanted: number, take: () => T | undefined): Future<T> {
    const future = this.#loop.createFuture<T>();
    try {
      this.#checkException();
      const taken = take();
      if (taken === undefined) return operation(() => this.#wait(method, wanted, take), this.#loop);
      future.setResult(taken);
    } catch (error) {
      future.setException(error as Error);
    }
    return future;
  }

  *#wait<T>(method: string, wanted: number, take: () => T | undefined): Coroutine<T> {
    for (;;) {
      yield* this.#moreData(method, wanted);
      const taken = take();
      if (taken !== undefined) return taken;
      // It came together with the data that have woken this read.
      this.#checkException();
    }
  }

  *#moreData(method: string, wanted: number): Coroutine<void> {
    if (this.#waiter !== null) {
      throw new RuntimeError(
        `${method}() called while another coroutine is already waiting for incoming data`,
      );
    }
    this.#wanted = wanted;
    if (this.#paused) this.#resume();
    const waiter = this.#loop.createFuture<void>();
    this.#waiter = waiter;
    try {
      yield* waiter;
      this.#wanted = 0;
    } catch (error) {
      if (this.#waiter === waiter) this.#waiter = null;
      this.#wanted = 0;
      this.#pauseIfFull();
      throw error;
    }
  }

  #wake(): void {
    const waiter = this.#waiter;
    if (waiter === null) return;
    if (this.#queue.size < this.#wanted && !this.#ended) return;
    this.#waiter = null;
    if (!waiter.done()) waiter.setResult();
  }

  #checkException(): void {
    if (this.#exception !== null) throw this.#exception;
  }

  // Flow control

  #pauseIfFull(): void {
    const { size } = this.#queue;
    if (size <= 2 * this.#limit || size < this.#wanted || this.#paused || this.#ended) return;
    if (this.#transport === null) return;
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
    if (this.#paused && this.#queue.size <= this.#limit) this.#resume();
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

function checkCount(n: unknown): void {
  if (typeof n === 'number' && Number.isInteger(n)) return;
  throw new TypeError(`Expected n to be an integer, got ${describe(n)}`);
}

/** Where a read has looked already. */
class Search {
  readonly separators: Separators;
  from = 0;

  constructor(separators: Separators) {
    this.separators = separators;
  }
}
