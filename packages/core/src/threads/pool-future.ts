import { describe } from '../error/describe.ts';
import { CancelledError, InvalidStateError } from '../error/errors.ts';

type State = 'pending' | 'running' | 'cancelled' | 'finished';
type Callback<T> = (future: PoolFuture<T>) => unknown;

/** What is done for a future by whoever has its job: an executor, or a loop of another thread. */
export interface JobControl {
  /** Takes the job back, if that is still possible. */
  withdraw(): boolean;
  /** Whether the job is executing now; by default it is not until `setRunningOrNotifyCancel`. */
  started?(): boolean;
  /** Asks a running job to stop, see `PoolFuture.abort`; by default it goes on. */
  abort?(): void;
}

/**
 * The outcome of a job elsewhere, in a pool or in the loop of another thread: a promise that is bound to
 * no loop, and that can be cancelled. The error of a job that nobody awaits is nobody's: it is kept, and
 * reported nowhere.
 *
 * @see CPython `concurrent.futures.Future`
 */
export class PoolFuture<T> implements Promise<T> {
  #control: JobControl | null;
  #state: State = 'pending';
  #value: T | undefined;
  #error: unknown;
  #callbacks: Callback<T>[] = [];
  /** Made when it is asked for: who follows a job by callbacks needs none. */
  #promise: Promise<T> | null = null;

  /**
   * @param control - Who has the job; without it a job can be cancelled while it is pending.
   * @throws {TypeError} It has no `withdraw` method.
   */
  constructor(control: JobControl | null = null) {
    if (control !== null && typeof control.withdraw !== 'function') {
      throw new TypeError(
        `Expected control to have a method withdraw(), or to be null, got ${describe(control)}`,
      );
    }
    this.#control = control;
  }

  /** Takes the job back if it has not started; false once it runs or has finished. */
  cancel(): boolean {
    if (this.#state === 'cancelled') return true;
    if (this.#state !== 'pending' || this.#control?.withdraw() === false) return false;
    this.#settle('cancelled');
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
    this.#control?.abort?.();
    return true;
  }

  cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** Whether the job is executing now. */
  running(): boolean {
    return !this.done() && (this.#state === 'running' || this.#control?.started?.() === true);
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
      throw new TypeError(`Expected callback to be a function, got ${describe(callback)}`);
    }
    if (this.done()) this.#call(callback);
    else this.#callbacks.push(callback);
  }

  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#asPromise().then(onFulfilled, onRejected);
  }

  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.#asPromise().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#asPromise().finally(onFinally);
  }

  get [Symbol.toStringTag](): string {
    return 'PoolFuture';
  }

  toString(): string {
    const outcome =
      this.#state !== 'finished'
        ? ''
        : this.#error === undefined
          ? ` returned ${describe(this.#value)}`
          : ` raised ${describe(this.#error)}`;
    return `<PoolFuture state=${this.running() ? 'running' : this.#state}${outcome}>`;
  }

  /**
   * For executors: the job is about to run, and can no longer be cancelled.
   *
   * @returns False if it was cancelled before: then it must not run.
   * @throws {InvalidStateError} It runs or has finished.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'cancelled') return false;
    if (this.#state !== 'pending')
      throw new InvalidStateError(`in unexpected state: ${this.#state}`);
    this.#state = 'running';
    return true;
  }

  /**
   * For executors: the job has returned `value`.
   *
   * @throws {InvalidStateError} It has an outcome already.
   */
  setResult(value: T): void {
    this.#checkPending();
    this.#value = value;
    this.#settle('finished');
  }

  /**
   * For executors: the job has thrown `error`.
   *
   * @throws {InvalidStateError} It has an outcome already.
   */
  setException(error: unknown): void {
    this.#checkPending();
    this.#error = error ?? new Error(`the job threw ${error}`);
    this.#settle('finished');
  }

  /** For executors: the job has been stopped, though it ran. Nothing happens if it has an outcome already. */
  setCancelled(): void {
    if (!this.done()) this.#settle('cancelled');
  }

  #checkPending(): void {
    if (this.done()) {
      throw new InvalidStateError(`${this.#state.toUpperCase()}: ${this.toString()}`);
    }
  }

  #settle(state: State): void {
    this.#state = state;
    this.#control = null;
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) this.#call(callback);
  }

  #call(callback: Callback<T>): void {
    try {
      callback(this);
    } catch (error) {
      console.error(`exception calling callback for ${this.toString()}`, error);
    }
  }

  #asPromise(): Promise<T> {
    this.#promise ??= new Promise((resolve, reject) => {
      this.addDoneCallback(() => {
        if (this.#state === 'cancelled') reject(new CancelledError());
        else if (this.#error === undefined) resolve(this.#value as T);
        else reject(this.#error);
      });
    });
    return this.#promise;
  }
}
