import { ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { ByteQueue } from './byte-queue.ts';
import { IncompleteReadError, LimitOverrunError } from './errors.ts';
import { NEWLINE, type Separators } from './separators.ts';

/** Where a read has looked already. */
export class Search {
  readonly separators: Separators;
  from = 0;

  constructor(separators: Separators) {
    this.separators = separators;
  }
}

/**
 * What has come and was not read, and what each read takes of it: `undefined` while there is too little.
 */
export class ReadBuffer {
  readonly limit: number;
  readonly queue = new ByteQueue();
  /** Whether no more will come. */
  ended = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Up to `n` bytes, at least one if that is more than 0. */
  takeSome(n: number): Buffer | undefined {
    const { queue } = this;
    if (queue.size === 0 && n > 0 && !this.ended) return undefined;
    return queue.take(n < queue.size ? n : queue.size);
  }

  /** Everything, when the end has come. */
  takeToEnd(): Buffer | undefined {
    return this.ended ? this.queue.takeAll() : undefined;
  }

  takeExactly(n: number): Buffer | undefined {
    if (n < 0) throw new ValueError('readexactly size can not be less than zero');
    const { queue } = this;
    if (queue.size >= n) return queue.take(n);
    if (this.ended) throw new IncompleteReadError(queue.takeAll(), n);
    return undefined;
  }

  takeUntil(search: Search): Buffer | undefined {
    const { queue, limit } = this;
    const match = search.separators.find(queue, search.from);
    if (match !== null) {
      if (match.start <= limit) return queue.take(match.end);
      throw new LimitOverrunError(
        'Separator is found, but chunk is longer than limit',
        match.start,
      );
    }
    search.from = search.separators.nextStart(queue.size);
    if (search.from > limit) {
      throw new LimitOverrunError(
        'Separator is not found, and chunk exceed the limit',
        search.from,
      );
    }
    if (this.ended) throw new IncompleteReadError(queue.takeAll(), null);
    return undefined;
  }

  takeLine(search: Search): Buffer | undefined {
    try {
      return this.takeUntil(search);
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      if (!(error instanceof LimitOverrunError)) throw error;
      this.#dropLine(error.consumed);
      throw new ValueError(error.message, { cause: error });
    }
  }

  /** Drops a line that is too long: all that there is, if its end has not come. */
  #dropLine(length: number): void {
    const { queue } = this;
    if (NEWLINE.find(queue, length)?.start === length) void queue.take(length + 1);
    else queue.clear();
  }
}

/** What a read takes; the functions of all reads of a kind are one, so that a read needs no closure. */
export type Take<T> = (buffer: ReadBuffer, n: number, search: Search) => T | undefined;

export const takeSome: Take<Buffer> = (buffer, n) => buffer.takeSome(n);
export const takeToEnd: Take<Buffer> = (buffer) => buffer.takeToEnd();
export const takeExactly: Take<Buffer> = (buffer, n) => buffer.takeExactly(n);
export const takeUntil: Take<Buffer> = (buffer, _, search) => buffer.takeUntil(search);
export const takeLine: Take<Buffer> = (buffer, _, search) => buffer.takeLine(search);

/** A line as an iterator gives it. */
export const takeNextLine: Take<IteratorResult<Buffer, void>> = (buffer, _, search) => {
  const line = buffer.takeLine(search);
  if (line === undefined) return undefined;
  return line.length > 0 ? { done: false, value: line } : { done: true, value: undefined };
};

/** @throws {TypeError} `n` is no integer. */
export function checkCount(n: unknown): asserts n is number {
  if (typeof n === 'number' && Number.isInteger(n)) return;
  throw new TypeError(`Expected n to be an integer, got ${describe(n)}`);
}
