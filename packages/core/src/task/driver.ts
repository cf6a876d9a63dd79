import type { Context } from '../context/context.ts';
import {
  cancelArgs,
  CancelledError,
  InvalidStateError,
  isExit,
  RuntimeError,
} from '../error/errors.ts';
import { cancellationIn } from '../error/cancellation-in.ts';
import { type CancelRelay, cancelThrough } from '../future/cancel-through.ts';
import { Future, type Waiter } from '../future/future.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { Runnable } from '../loop/handle.ts';
import type { Ambient } from '../host/host.ts';
import { current, currentAmbient, type Scope } from '../loop/scope.ts';
import { AsyncWaits, endsInCancellation } from './async-wait.ts';
import { stepGenerator } from './step-generator.ts';
import { startBody } from './start-body.ts';
import { subscribe } from './subscribe.ts';
import type { Coroutine, TaskBody } from './task-body.ts';
import type { Task } from './task.ts';

/**
 * A future whose outcome comes from a coroutine that it steps: what a task and an operation have
 * in common.
 *
 * 1. A step runs the coroutine to its next wait, with the driver as the current scope.
 * 2. It waits for one future at a time (`_waiting`), or, in an async function, for those that are
 *    being awaited (`_asyncWaits`): `Promise.all` may await several.
 * 3. `cancel()` cancels what it waits for. Where that is not possible, because it runs, is due
 *    already, or awaits a foreign promise, the request stays in `_mustCancel` and is delivered at
 *    the next step or wait.
 */
export abstract class Driver<T> extends Future<T> implements CancelRelay, Runnable, Scope, Waiter {
  /** @internal */
  _context: Context | null;
  readonly #ambient: Ambient | null;
  /**
   * The body until the first step; then the generator, or `null` for an async function.
   * @internal
   */
  _body: TaskBody<T> | null;
  /** @internal */
  _started: boolean;
  /** @internal */
  _waiting: Future | null;
  /** @internal */
  _asyncWaits: AsyncWaits | null;
  /** @internal */
  _mustCancel: boolean;
  /** @internal */
  _cancelMessage: unknown;
  /**
   * An error to be thrown at the wait, in place of an outcome.
   * @internal
   */
  _thrown: { readonly error: unknown } | null;

  constructor(loop: AbstractEventLoop, body: TaskBody<T>, context: Context | null) {
    super({ loop });
    this._context = context;
    this.#ambient = currentAmbient();
    this._body = body;
    this._started = false;
    this._waiting = null;
    this._asyncWaits = null;
    this._mustCancel = false;
    this._cancelMessage = undefined;
    this._thrown = null;
  }

  /** @internal */
  abstract get _task(): Task | null;

  /**
   * Whether its coroutine is a generator, and has been started.
   * @internal
   */
  get _steppedAsGenerator(): boolean {
    return this._started && this._body !== null && typeof this._body !== 'function';
  }

  /** @internal */
  get _driver(): Driver<unknown> {
    return this;
  }

  /**
   * The future that was waited for is done: the next step is due.
   * @internal
   */
  _notify(future: Future): void {
    if (future._direct) this._loop._continue(this);
    else this._loop._enqueue(this);
  }

  /**
   * Requests a `CancelledError` to be thrown where the coroutine waits, once it can be.
   *
   * @param message - Any value, kept in the error's `args`.
   * @returns Whether it was unfinished.
   */
  override cancel(message?: unknown): boolean {
    if (this.done()) return super.cancel(message);
    return cancelThrough(this, message);
  }

  /** @internal */
  _waiterText(): string {
    return 'wakeup()';
  }

  /** @internal */
  _runText(): string {
    return (this._task ?? this).toString();
  }

  /** @internal */
  _run(): void {
    if (this.#ambient === null) this._step();
    else this.#ambient.runInAsyncScope(() => this._step());
  }

  /**
   * Runs the coroutine to its next wait.
   * @internal
   */
  _step(): void {
    if (this.done()) {
      this.#refuseStep();
      return;
    }
    const outer = current.scope;
    current.scope = this;
    try {
      const thrown = this._takeThrown();
      this._waiting = null;
      if (this._started) stepGenerator(this, this._body as Coroutine<T>, thrown);
      else this.#start(thrown);
    } finally {
      current.scope = outer;
    }
  }

  /** Its outcome was forced on it from outside. */
  #refuseStep(): void {
    this._loop.callExceptionHandler({
      message: `Exception in a step of ${this.toString()}`,
      exception: new InvalidStateError(`step(): already done: ${this.toString()}`),
      future: this,
    });
  }

  #start(thrown: { readonly error: unknown } | undefined): void {
    this._started = true;
    if (thrown !== undefined) this._end(thrown.error);
    else startBody(this);
  }

  /**
   * Suspends until `future` is done.
   * @internal
   */
  _waitFor(future: Future): void {
    const misuse = this._misuse(future);
    if (misuse !== null) {
      this._throwNext(misuse);
      return;
    }
    try {
      subscribe(future, this);
    } catch (error) {
      this._throwNext(error);
      return;
    }
    this._waiting = future;
    if (this._mustCancel && future.cancel(this._cancelMessage)) this._mustCancel = false;
  }

  /**
   * An async function of this driver awaits `future`.
   * @internal
   */
  _await(
    future: Future,
    scope: Scope,
    resolve: (value: unknown) => unknown,
    reject: (reason: unknown) => void,
  ): void {
    this._asyncWaits ??= new AsyncWaits(this);
    this._asyncWaits.add(future, scope, resolve, reject);
  }

  /**
   * Why this driver cannot wait for `future`, if so.
   * @internal
   */
  _misuse(future: Future): RuntimeError | null {
    if (future === this || future === this._task) {
      return new RuntimeError(`Task cannot await on itself: ${future.toString()}`);
    }
    if (future._loop !== this._loop) {
      return new RuntimeError(
        `Task ${this.toString()} got Future ${future.toString()} attached to a different loop`,
      );
    }
    return null;
  }

  /** Has `error` thrown at the present wait in the next iteration. @internal */
  _throwNext(error: unknown): void {
    this._thrown = { error };
    this._loop._enqueue(this);
  }

  /**
   * What the next step has to throw: a cancellation comes before anything else. Of several requests
   * the first is delivered, which may have cancelled the awaited future.
   * @internal
   */
  _takeThrown(): { readonly error: unknown } | undefined {
    const thrown = this._thrown;
    this._thrown = null;
    if (!this._mustCancel) return thrown ?? undefined;
    // The end of an operation is not the beginning of a step: the request stays for the next wait.
    if (this._waiting?._direct) return undefined;
    const cancellation = this._takeCancellation();
    return this._waiting !== null && endsInCancellation(this._waiting)
      ? undefined
      : { error: cancellation };
  }

  /** @internal */
  _takeCancellation(): CancelledError {
    this._mustCancel = false;
    return new CancelledError(...cancelArgs(this._cancelMessage));
  }

  /**
   * A cancellation was requested.
   * @internal
   */
  abstract _noteCancel(message: unknown): void;

  /** Has the next wait cancelled: the request comes from code of its own. @internal */
  _cancelNextWait(message: unknown): void {
    this._mustCancel = true;
    this._cancelMessage = message;
  }

  /** @internal */
  override get _relay(): CancelRelay | null {
    // A subclass may have its own idea of cancellation.
    return this.done() || this.cancel !== Driver.prototype.cancel ? null : this;
  }

  /** @internal */
  _cancelTargets(): readonly Future[] {
    if (this._waiting !== null) return [this._waiting];
    return this._asyncWaits === null ? [] : [...this._asyncWaits.futures()];
  }

  /** @internal */
  _cancelPassed(taken: boolean, message: unknown): boolean {
    if (this.done()) return false;
    if (!taken) {
      this._mustCancel = true;
      this._cancelMessage = message;
    }
    return true;
  }

  /** Withdraws a cancellation that has not been delivered, wherever in the task it waits. @internal */
  _withdrawCancel(): void {
    // A set grows while it is gone through.
    const parts = new Set<Driver<unknown>>([this]);
    for (const part of parts) {
      part._mustCancel = false;
      for (const target of part._cancelTargets()) {
        if (!(target instanceof Driver)) target._withdrawCancelOf(this._task);
        else if (target._task === this._task) parts.add(target);
      }
    }
  }

  /** The coroutine returned. @internal */
  _return(value: unknown): void {
    if (this.done()) return;
    if (this._mustCancel) this._passCancelOn(false);
    this._body = null;
    if (this._mustCancel) this._cancelWith(this._takeCancellation());
    else this._finish(value);
  }

  /** The coroutine ended with an error. @internal */
  _end(error: unknown): void {
    if (this.done()) return;
    if (this._mustCancel) this._passCancelOn(true);
    this._body = null;
    const cancellation = cancellationIn(error);
    if (cancellation !== null) {
      this._cancelWith(cancellation);
      return;
    }
    this._fail(error);
    // Whoever awaits an operation may catch it.
    if (isExit(error) && !this._direct) this._loop._exit(error);
  }

  /** It ends with a request that was not delivered: that may be for who has called it. @internal */
  _passCancelOn(_failed: boolean): void {}

  override _cancelWith(cause: CancelledError | readonly unknown[]): void {
    this._mustCancel = false;
    super._cancelWith(cause);
  }
}
