import { CancelledError, InvalidStateError } from '@loop/core';

type State = 'pending' | 'running' | 'cancelled' | 'finished';

/** What a pool does for a future whose job is in its hands. */
export interface JobControl {
  /** Takes the job back, if it has not started. */
  withdraw(): boolean;
  /** Whether the job is executing now. */
  started(): boolean;
  /** Asks a running job to stop, see `abort`. */
  abort(): void;
}

/**
 * The outcome of a job: a promise that is bound to no loop, and that can be cancelled. Like any
 * promise's, its error is unhandled if nobody awaits it; `exception()` counts as a look at it.
 *
 * @see CPython `concurrent.futures.Future`
 */
export class PoolFuture<T> implements Promise<T> {
  readonly #promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #state: State = 'pending';
  #value: T | undefined;
  #error: unknown;
  #callbacks: Array<(future: PoolFuture<T>) => unknown> = [];
  /** @internal */
  _control: JobControl | null = null;

  constructor() {
    this.#promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // An outcome may be asked for by `exception()` and done callbacks alone.
    this.#promise.catch(() => {});
  }

  /** Takes the job back if it has not started; false once it runs or has finished. */
  cancel(): boolean {
    if (this.#state === 'cancelled') return true;
    if (this.#state === 'finished' || (this._control !== null && !this._control.withdraw())) {
      return false;
    }
    this._cancelled();
    return true;
  }

  /**
   * Cancels the job, also while it runs: its `signal` is aborted, and where the pool was given an
   * `abortGrace`, its worker is ended when that is over. A running job's outcome stays what it makes of it.
   *
   * @returns Whether there was anything to stop.
   */
  abort(): boolean {
    if (this.cancel()) return true;
    if (this.#state === 'finished') return false;
    this._control?.abort();
    return true;
  }

  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** Whether the job is executing now. */
  running(): boolean {
    return !this.done() && (this.#state === 'running' || this._control?.started() === true);
  }

  done(): boolean {
    return this.#state === 'cancelled' || this.#state === 'finished';
  }

  /**
   * The result of a job that is done; `await` waits for one that is not.
   *
   * @throws {InvalidStateError} It is not done.
   * @throws {CancelledError} It was cancelled.
   * @throws The job's own error.
   */
  result(): T {
    const error = this.exception();
    if (error !== null) throw error;
    return this.#value as T;
  }

  /**
   * The error of a job that is done, or `null`.
   *
   * @throws {InvalidStateError} It is not done.
   * @throws {CancelledError} It was cancelled.
   */
  exception(): unknown {
    if (!this.done()) throw new InvalidStateError('Result is not set.');
    if (this.#state === 'cancelled') throw new CancelledError();
    return this.#error ?? null;
  }

  /**
   * Has `callback(future)` called as soon as the job is done, at once if it is. One that throws is
   * reported on standard error, and the others are called.
   */
  addDoneCallback(callback: (future: PoolFuture<T>) => unknown): void {
    if (typeof callback !== 'function') {
      throw new TypeError(`Expected callback to be a function, got ${String(callback)}`);
    }
    if (this.done()) this.#call(callback);
    else this.#callbacks.push(callback);
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
    return 'PoolFuture';
  }

  toString(): string {
    return `<PoolFuture state=${this.running() ? 'running' : this.#state}>`;
  }

  /** The job runs: it can no longer be cancelled. @internal */
  _running(): void {
    if (this.#state === 'pending') this.#state = 'running';
  }

  /** @internal */
  _finish(value: T): void {
    this.#checkUnset();
    this.#state = 'finished';
    this.#value = value;
    this.#resolve(value);
    this.#settled();
  }

  /** @internal */
  _fail(error: unknown): void {
    this.#checkUnset();
    this.#state = 'finished';
    this.#error = error;
    this.#reject(error);
    this.#settled();
  }

  /** @internal */
  _cancelled(): void {
    this.#checkUnset();
    this.#state = 'cancelled';
    this.#reject(new CancelledError());
    this.#settled();
  }

  #checkUnset(): void {
    if (this.done())
      throw new InvalidStateError(`${this.#state.toUpperCase()}: ${this.toString()}`);
  }

  #settled(): void {
    this._control = null;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) this.#call(callback);
  }

  #call(callback: (future: PoolFuture<T>) => unknown): void {
    try {
      callback(this);
    } catch (error) {
      console.error(`exception calling callback for ${this.toString()}`, error);
    }
  }
}
