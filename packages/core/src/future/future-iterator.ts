import { RuntimeError } from '../error/errors.ts';
import type { Future } from './future.ts';

/**
 * One `yield* future`: hands the future to the coroutine's driver if it is pending, and gives its
 * outcome. A class of its own, because a generator object per wait costs twice as much.
 *
 * @see CPython `Future.__await__`
 */
export class FutureIterator<T> implements Iterator<Future<T>, T, unknown> {
  readonly #future: Future<T>;
  #handedOver = false;

  constructor(future: Future<T>) {
    this.#future = future;
  }

  next(): IteratorResult<Future<T>, T> {
    const future = this.#future;
    if (future.done()) return { done: true, value: future.result() };
    if (this.#handedOver) throw new RuntimeError("await wasn't used with future");
    this.#handedOver = true;
    future._blocking = true;
    return { done: false, value: future };
  }

  return(value: T): IteratorResult<Future<T>, T> {
    return { done: true, value };
  }

  throw(error: unknown): never {
    throw error;
  }
}
