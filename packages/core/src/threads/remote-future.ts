import { CancelledError } from '../error/errors.ts';

/**
 * The outcome of a coroutine that another loop runs: a promise bound to no loop, whose `cancel()`
 * cancels the task there. An error that nobody awaits is nobody's.
 *
 * @see CPython `concurrent.futures.Future`, as `run_coroutine_threadsafe` gives it
 */
export class RemoteFuture<T> implements Promise<T> {
  readonly #promise: Promise<T>;
  readonly #requestCancel: () => void;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #state: 'pending' | 'finished' | 'cancelled' = 'pending';

  /** @internal */
  constructor(requestCancel: () => void) {
    this.#requestCancel = requestCancel;
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#promise.catch(() => {});
  }

  /** Cancels the task; the outcome is a `CancelledError` from now on. False if there is one already. */
  cancel(): boolean {
    if (this.#state !== 'pending') return this.#state === 'cancelled';
    this._fail(new CancelledError());
    this.#requestCancel();
    return true;
  }

  done(): boolean {
    return this.#state !== 'pending';
  }

  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.#promise.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#promise.finally(onFinally);
  }

  get [Symbol.toStringTag](): string {
    return 'RemoteFuture';
  }

  /** @internal */
  _finish(value: T): void {
    if (this.#state !== 'pending') return;
    this.#state = 'finished';
    this.#resolve(value);
  }

  /** @internal */
  _fail(error: unknown): void {
    if (this.#state !== 'pending') return;
    this.#state = error instanceof CancelledError ? 'cancelled' : 'finished';
    this.#reject(error);
  }
}
