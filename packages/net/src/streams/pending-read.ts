import { type EventLoop, Suspension } from '@loop/core';
import type { ReadBuffer, Search, Take } from './read-buffer.ts';

/** Where reads wait: one at a time. */
export interface ReadQueue {
  readonly buffer: ReadBuffer;
  /**
   * The read has been woken, and found too little. Whether it waits again; it may have to fail instead.
   *
   * @throws What it has to fail with.
   */
  waitAgain(read: PendingRead<unknown>): void;
  /** The read has taken something, or failed. */
  taken(): void;
  /** The read waits no more. */
  leave(read: PendingRead<unknown>): void;
}

/** A read that waits for data. It takes them in the iteration after they came: until then it can be cancelled. */
export class PendingRead<T> extends Suspension<T> {
  /** What was called. */
  readonly method: string;
  /** With less than so many bytes there is no need to look. */
  readonly wanted: number;
  readonly #queue: ReadQueue;
  readonly #take: Take<T>;
  readonly #n: number;
  readonly #search: Search;
  #failure: Error | null;

  constructor(
    loop: EventLoop,
    queue: ReadQueue,
    method: string,
    wanted: number,
    take: Take<T>,
    n: number,
    search: Search,
  ) {
    super(loop);
    this.method = method;
    this.wanted = wanted;
    this.#queue = queue;
    this.#take = take;
    this.#n = n;
    this.#search = search;
    this.#failure = null;
  }

  /** Wakes it, to fail with `failure`. */
  wakeWith(failure: Error): void {
    this.#failure = failure;
    this.wake();
  }

  protected override resume(): void {
    const queue = this.#queue;
    let taken: T | undefined;
    try {
      if (this.#failure !== null) throw this.#failure;
      taken = this.#take(queue.buffer, this.#n, this.#search);
      if (taken === undefined) {
        queue.waitAgain(this);
        return;
      }
    } catch (error) {
      queue.taken();
      this.fail(error);
      return;
    }
    queue.taken();
    this.finish(taken);
  }

  protected override abandoned(): void {
    this.#queue.leave(this);
  }
}
