import { givenContext, type Context } from '../context/context.ts';
import { checkCallback, checkOptions } from '../error/check-argument.ts';
import { describe, describeCall } from '../error/describe.ts';
import { cancelArgs, CancelledError, InvalidStateError } from '../error/errors.ts';
import { creationSite, recordCreation } from '../loop/debug-mode.ts';
import { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import type { Ambient } from '../host/host.ts';
import { current, currentAmbient, storedScope, type Scope } from '../loop/scope.ts';
import type { CancelRelay } from './cancel-through.ts';
import { isEngineAwait } from './engine-await.ts';
import type { Task } from '../task/task.ts';
import { FutureIterator } from './future-iterator.ts';
import { givenLoop, type LoopOption } from './given-loop.ts';
import { SettledLater } from './settled-later.ts';
import { UnretrievedError } from './unretrieved-error.ts';

const PENDING = 0;
const FINISHED = 1;
const FAILED = 2;
const CANCELLED = 3;

const NO_OPTIONS = {};
// The futures whose text is being made: one may be in its own result.
const describing = new Set<Future<never> | Future>();

/** Something that is told when a future is done. */
export interface Waiter {
  /**
   * Queues what has to run now. Called once, while the future settles.
   * @internal
   */
  _notify(future: Future): void;
  /**
   * How it stands in the text of the future.
   * @internal
   */
  _waiterText(): string;
}

/** A function given to `addDoneCallback`. */
export type DoneCallback<T> = (future: Future<T>) => unknown;

/**
 * A result that will be there later, bound to one loop.
 *
 * It is awaited by `await future` in an async function and by `yield* future` in a generator
 * coroutine; both give the result or throw the error. To code outside of the loop it is a
 * `Promise`, with one difference: an error that nobody looks at is reported to the loop's exception
 * handler, and never becomes an unhandled rejection of the runtime.
 *
 * @see CPython `asyncio.Future`
 */
export class Future<T = unknown> implements Promise<T> {
  /** @internal */
  readonly _loop: EventLoop;
  #state: 0 | 1 | 2 | 3;
  // The result, the error, or the CancelledError until somebody gets it, then its arguments.
  #value: unknown;
  // Almost every future has one waiter: no array for it.
  #waiters: Waiter | Waiter[] | null;
  #promise: SettledLater | null;
  #unretrieved: UnretrievedError | null;
  /**
   * Set while a generator coroutine hands this future to its driver by `yield*`.
   * @internal
   */
  _blocking: boolean;

  /**
   * @param options - `loop` defaults to the running loop, else to the one that is set.
   * @throws {RuntimeError} There is neither.
   * @throws {TypeError} `loop` is no loop, or was not given by name.
   */
  constructor(options: LoopOption = NO_OPTIONS) {
    const loop = options?.loop instanceof AbstractEventLoop ? options.loop : findLoop(options);
    this._loop = loop as EventLoop;
    this.#state = PENDING;
    this.#value = undefined;
    this.#waiters = null;
    this.#promise = null;
    this.#unretrieved = null;
    this._blocking = false;
    if (loop.getDebug()) recordCreation(this);
  }

  /** Whether there is an outcome: a result, an error or a cancellation. */
  done(): boolean {
    return this.#state !== PENDING;
  }

  cancelled(): boolean {
    return this.#state === CANCELLED;
  }

  /**
   * The result.
   *
   * @throws {InvalidStateError} The future is pending.
   * @throws {CancelledError} It was cancelled.
   * @throws What was given to `setException`: that very object.
   */
  result(): T {
    switch (this.#state) {
      case FINISHED:
        return this.#value as T;
      case FAILED:
        this.#retrieved();
        throw this.#value;
      case CANCELLED:
        throw this.#cancelledError();
      default:
        throw new InvalidStateError('Result is not set.');
    }
  }

  /**
   * The error, or `null` if there is a result.
   *
   * @throws {InvalidStateError} The future is pending.
   * @throws {CancelledError} It was cancelled.
   */
  exception(): unknown {
    switch (this.#state) {
      case FINISHED:
        return null;
      case FAILED:
        this.#retrieved();
        return this.#value;
      case CANCELLED:
        throw this.#cancelledError();
      default:
        throw new InvalidStateError('Exception is not set.');
    }
  }

  /**
   * Finishes the future with a result.
   *
   * @throws {InvalidStateError} It is done already.
   */
  setResult(result: T): void {
    this._finish(result);
  }

  /**
   * Finishes the future with an error: an `Error`, or a class of them to make one of.
   *
   * @throws {InvalidStateError} It is done already.
   * @throws {TypeError} `exception` is neither.
   */
  setException(exception: Error | (new () => Error)): void {
    this._fail(toError(exception));
  }

  /**
   * Cancels a pending future: who awaits it gets a `CancelledError`.
   *
   * @param message - Any value, kept in the error's `args`.
   * @returns Whether it was pending.
   */
  cancel(message?: unknown): boolean {
    if (this.#state !== PENDING) {
      this.#retrieved();
      return false;
    }
    this._cancelWith(cancelArgs(message));
    return true;
  }

  /**
   * Schedules `callback(future)` for when the future is done, by `callSoon`, also if it is done
   * already. Runs in `context`, by default a copy of the current one.
   */
  addDoneCallback(
    callback: DoneCallback<T>,
    options: { context?: Context | null | undefined } = NO_OPTIONS,
  ): void {
    checkCallback(callback, 'addDoneCallback');
    if (options !== NO_OPTIONS) checkOptions(options, ['context'], 'addDoneCallback');
    const context = givenContext(options.context);
    this._addWaiter(new CallbackWaiter(callback as DoneCallback<unknown>, context));
  }

  /** Removes every registration of `callback` and returns how many there were. */
  removeDoneCallback(callback: DoneCallback<T>): number {
    checkCallback(callback, 'removeDoneCallback');
    const before = this.#waiterList();
    const after = before.filter(
      (waiter) => !(waiter instanceof CallbackWaiter && waiter.callback === callback),
    );
    if (after.length !== before.length) this.#waiters = after.length === 0 ? null : after;
    return before.length - after.length;
  }

  /** The loop that the future is bound to. */
  getLoop(): EventLoop {
    return this._loop;
  }

  /**
   * As `Promise.prototype.then`. `await` in a task comes here too, and makes the task wait by the
   * loop's own rules.
   */
  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this._thenIn(storedScope, onFulfilled, onRejected);
  }

  /**
   * `then`, where `scopeOf` tells whose await it is if it is one.
   * @internal
   */
  _thenIn<R1 = T, R2 = never>(
    scopeOf: () => Scope | undefined,
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    if (current.scope === null) {
      const scope = scopeOf();
      if (scope !== undefined && scope._driver !== null && isEngineAwait(onFulfilled, onRejected)) {
        scope._driver._await(this, scope, onFulfilled, onRejected as (reason: unknown) => void);
        // The engine has no use for it, and a new promise costs more than the whole await.
        return this as never;
      }
    }
    return this._asPromise().then(onFulfilled, onRejected);
  }

  /** As `Promise.prototype.catch`. */
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this._asPromise().catch(onRejected);
  }

  /** As `Promise.prototype.finally`. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this._asPromise().finally(onFinally);
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }

  /** Awaits the future in a generator coroutine: `const value = yield* future`. */
  [Symbol.iterator](): Iterator<Future<T>, T, unknown> {
    return new FutureIterator(this);
  }

  /** In the reference's form, as `<Future finished result=4>`. */
  toString(): string {
    if (describing.has(this)) return '<...>';
    describing.add(this);
    try {
      return `<${this._describe().join(' ')}>`;
    } finally {
      describing.delete(this);
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal */
  _describe(): string[] {
    const parts = [this.constructor.name, this._describeState()];
    if (this.#state === FINISHED) parts.push(`result=${describe(this.#value)}`);
    if (this.#state === FAILED) parts.push(`exception=${describe(this.#value)}`);
    const callbacks = this.#waiterList().map((waiter) => waiter._waiterText());
    if (callbacks.length > 2) {
      callbacks.splice(1, callbacks.length - 2, `<${callbacks.length - 2} more>`);
    }
    if (callbacks.length > 0) parts.push(`cb=[${callbacks.join(', ')}]`);
    const site = creationSite(this);
    if (site !== undefined) parts.push(`created at ${site}`);
    return parts;
  }

  /** @internal */
  _describeState(): string {
    return (['pending', 'finished', 'finished', 'cancelled'] as const)[this.#state];
  }

  /**
   * Whether the waiters go on within the handle that settles the future: operations are part of
   * the task that awaits them.
   * @internal
   */
  get _direct(): boolean {
    return false;
  }

  /** @internal */
  _finish(result: unknown): void {
    this.#checkPending();
    this.#state = FINISHED;
    this.#value = result;
    this.#settle();
  }

  /** @internal */
  _fail(error: unknown): void {
    this.#checkPending();
    this.#state = FAILED;
    this.#value = error;
    this.#unretrieved = new UnretrievedError(this, error);
    this.#settle();
  }

  /** @internal */
  _cancelWith(cause: CancelledError | readonly unknown[]): void {
    this.#state = CANCELLED;
    this.#value = cause;
    this.#settle();
  }

  /**
   * Itself while it is pending, if a cancellation goes on to what it waits for.
   * @internal
   */
  get _relay(): CancelRelay | null {
    return null;
  }

  /**
   * Withdraws a cancellation of `task` that has reached this future, and not been delivered.
   * @internal
   */
  _withdrawCancelOf(_task: Task | null): void {}

  /** @internal */
  _addWaiter(waiter: Waiter): void {
    if (this.#state !== PENDING) waiter._notify(this);
    else if (this.#waiters === null) this.#waiters = waiter;
    else if (Array.isArray(this.#waiters)) this.#waiters.push(waiter);
    else this.#waiters = [this.#waiters, waiter];
  }

  /**
   * The error, if there is one, without counting as a look at it.
   * @internal
   */
  _peekError(): { readonly error: unknown } | undefined {
    if (this.#state === FAILED) return { error: this.#value };
    return this.#state === CANCELLED ? { error: this.#cancelledError() } : undefined;
  }

  /**
   * The error counts as looked at.
   * @internal
   */
  _markRetrieved(): void {
    this.#retrieved();
  }

  /** The promise that code outside of tasks sees, made when it first looks. @internal */
  _asPromise(): Promise<T> {
    if (this.#promise === null) {
      const later = new SettledLater();
      this.#promise = later;
      if (this.#state !== PENDING) this.#settlePromise(later);
    }
    return this.#promise.promise as Promise<T>;
  }

  /** The first who looks gets the very error that ended a task, the others a fresh one each. */
  #cancelledError(): CancelledError {
    const cause = this.#value as CancelledError | readonly unknown[];
    if (!(cause instanceof CancelledError)) return new CancelledError(...cause);
    this.#value = cause.args;
    return cause;
  }

  #checkPending(): void {
    if (this.#state !== PENDING) throw new InvalidStateError(`invalid state: ${this.toString()}`);
  }

  #retrieved(): void {
    if (this.#unretrieved === null) return;
    this.#unretrieved.retrieved();
    this.#unretrieved = null;
  }

  #settle(): void {
    const waiters = this.#waiters;
    const promise = this.#promise;
    this.#waiters = null;
    if (promise !== null) this.#settlePromise(promise);
    if (waiters === null) return;
    if (!Array.isArray(waiters)) waiters._notify(this);
    else for (const waiter of waiters) waiter._notify(this);
  }

  #settlePromise(later: SettledLater): void {
    if (this.#state === FINISHED) return later.resolve(this.#value);
    // Whoever derived a promise from it will be told by the language.
    this.#retrieved();
    later.reject(this.#state === FAILED ? this.#value : this.#cancelledError());
  }

  #waiterList(): readonly Waiter[] {
    if (this.#waiters === null) return [];
    return Array.isArray(this.#waiters) ? this.#waiters : [this.#waiters];
  }
}

/** The loop of a future that was given none. */
function findLoop(options: LoopOption): AbstractEventLoop {
  if (options === NO_OPTIONS) return getEventLoop();
  if (typeof options !== 'object' || options === null || options instanceof AbstractEventLoop) {
    throw new TypeError(`Future() takes options such as { loop }, got ${describe(options)}`);
  }
  return givenLoop(options, 'Future') ?? getEventLoop();
}

/** A done callback waiting for its future. */
class CallbackWaiter implements Waiter {
  readonly callback: DoneCallback<unknown>;
  readonly context: Context | null;
  readonly ambient: Ambient | null = currentAmbient();

  constructor(callback: DoneCallback<unknown>, context: Context | null) {
    this.callback = callback;
    this.context = context;
  }

  _notify(future: Future): void {
    future._loop._callSoonIn(this.context, this.ambient, this.callback, future);
  }

  _waiterText(): string {
    return describeCall(this.callback, null, false);
  }
}

function toError(exception: unknown): unknown {
  if (isError(exception)) return exception;
  if (typeof exception === 'function' && isError(exception.prototype)) {
    return new (exception as unknown as new () => Error)();
  }
  throw new TypeError(
    `invalid exception object: expected exception to be an Error or a class of errors, got ${describe(exception)}`,
  );
}

// Errors of other realms are no `instanceof Error` here.
function isError(value: unknown): boolean {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}
