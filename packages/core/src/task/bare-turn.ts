import { Future, type Waiter } from '../future/future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Runnable } from '../loop/handle.ts';

/**
 * What `sleep(0)` gives to a generator coroutine. Awaited by `yield*`, it is one bare `yield` of the
 * coroutine itself, which costs no operation. Looked at in any other way it begins its turn then, as
 * the reference's coroutine begins when it is awaited.
 */
export class BareTurn<T> extends Future<T> implements Runnable {
  readonly #result: T;
  #begun: boolean;

  constructor(loop: EventLoop, result: T) {
    super({ loop });
    this.#result = result;
    this.#begun = false;
  }

  override [Symbol.iterator](): Iterator<Future<T>, T, unknown> {
    if (this.#begun) return super[Symbol.iterator]();
    this.#begun = true;
    return new BareYield(this, this.#result) as unknown as Iterator<Future<T>, T, unknown>;
  }

  override done(): boolean {
    this.#begin();
    return super.done();
  }

  override cancel(message?: unknown): boolean {
    this.#begin();
    return super.cancel(message);
  }

  override then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    this.#begin();
    return super.then(onFulfilled, onRejected);
  }

  override catch<R = never>(
    onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null,
  ): Promise<T | R> {
    this.#begin();
    return super.catch(onRejected);
  }

  override finally(onFinally?: (() => void) | null): Promise<T> {
    this.#begin();
    return super.finally(onFinally);
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  /** @internal */
  override get _direct(): boolean {
    return true;
  }

  /** @internal */
  override _addWaiter(waiter: Waiter): void {
    this.#begin();
    super._addWaiter(waiter);
  }

  /** The turn is over. @internal */
  _run(): void {
    if (!super.done()) this._finish(this.#result);
  }

  /** @internal */
  _runText(): string {
    return this.toString();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this._loop._enqueue(this);
  }
}

/** One `yield*` of a {@link BareTurn}. */
class BareYield<T> implements Iterator<undefined, T, unknown> {
  readonly #turn: BareTurn<T>;
  readonly #result: T;
  #yielded: boolean;

  constructor(turn: BareTurn<T>, result: T) {
    this.#turn = turn;
    this.#result = result;
    this.#yielded = false;
  }

  next(): IteratorResult<undefined, T> {
    if (!this.#yielded) {
      this.#yielded = true;
      return BARE;
    }
    this.#turn._run();
    return { done: true, value: this.#result };
  }

  return(value: T): IteratorResult<undefined, T> {
    return { done: true, value };
  }

  /** The wait was interrupted: the turn is over all the same. */
  throw(error: unknown): never {
    this.#turn._run();
    throw error;
  }
}

/** What the driver of a coroutine takes for "let the others have a turn". */
const BARE: IteratorYieldResult<undefined> = Object.freeze({ done: false, value: undefined });
