import { CancelledError } from '../error/errors.ts';
import type { Future, Waiter } from '../future/future.ts';
import type { Runnable } from '../loop/handle.ts';
import { resumeStored, type Scope } from '../loop/scope.ts';
import type { Driver } from './driver.ts';
import { subscribe } from './subscribe.ts';

/**
 * The futures that the async functions of one driver are awaiting now, mostly one: a list through
 * the waits themselves, since a set costs more than the rest of an await.
 */
export class AsyncWaits {
  readonly driver: Driver<unknown>;
  #first: AsyncWait | null = null;
  #last: AsyncWait | null = null;

  constructor(driver: Driver<unknown>) {
    this.driver = driver;
  }

  add(
    future: Future,
    scope: Scope,
    resolve: (value: unknown) => unknown,
    reject: (reason: unknown) => void,
  ): void {
    const driver = this.driver;
    // An await of a finished future does not suspend, as far as the loop can see.
    if (future.done()) {
      resumeStored(scope);
      settle(future, resolve, reject);
      return;
    }
    const wait = new AsyncWait(this, future, scope, resolve, reject);
    const misuse = driver._misuse(future);
    if (misuse !== null) {
      wait.refusal = misuse;
      driver._loop._enqueue(wait);
      return;
    }
    this.#add(wait);
    subscribe(future, wait);
    if (driver._mustCancel && future.cancel(driver._cancelMessage)) driver._mustCancel = false;
  }

  /** The futures awaited now. */
  *futures(): Iterable<Future> {
    for (let wait = this.#first; wait !== null; wait = wait._next) yield wait.future;
  }

  /** @internal */
  _end(wait: AsyncWait): Driver<unknown> {
    const { _previous: previous, _next: next } = wait;
    if (previous !== null) previous._next = next;
    else if (this.#first === wait) this.#first = next;
    if (next !== null) next._previous = previous;
    else if (this.#last === wait) this.#last = previous;
    return this.driver;
  }

  #add(wait: AsyncWait): void {
    const last = this.#last;
    wait._previous = last;
    if (last !== null) last._next = wait;
    else this.#first = wait;
    this.#last = wait;
  }
}

/** One `await future` in an async function: settles the promise that the engine made for it. */
class AsyncWait implements Waiter, Runnable {
  readonly future: Future;
  refusal: Error | null;
  _previous: AsyncWait | null;
  _next: AsyncWait | null;
  readonly #waits: AsyncWaits;
  readonly #scope: Scope;
  readonly #resolve: (value: unknown) => unknown;
  readonly #reject: (reason: unknown) => void;

  constructor(
    waits: AsyncWaits,
    future: Future,
    scope: Scope,
    resolve: (value: unknown) => unknown,
    reject: (reason: unknown) => void,
  ) {
    this.future = future;
    this.refusal = null;
    this._previous = null;
    this._next = null;
    this.#waits = waits;
    this.#scope = scope;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  _notify(future: Future): void {
    if (future._direct) future._loop._continue(this);
    else future._loop._enqueue(this);
  }

  _run(): void {
    const driver = this.#waits._end(this);
    const loop = driver._loop;
    loop._microtasksQueued = true;
    resumeStored(this.#scope);
    if (driver._mustCancel && !this.future._direct) this.#deliverCancel(driver);
    else if (this.refusal !== null) this.#reject(this.refusal);
    else settle(this.future, this.#resolve, this.#reject);
  }

  #deliverCancel(driver: Driver<unknown>): void {
    const cancellation = driver._takeCancellation();
    if (endsInCancellation(this.future)) settle(this.future, this.#resolve, this.#reject);
    else this.#reject(cancellation);
  }

  _waiterText(): string {
    return 'wakeup()';
  }

  _runText(): string {
    return this.#waits.driver._runText();
  }
}

/** Whether awaiting `future`, which is done, throws a `CancelledError` anyway. */
export function endsInCancellation(future: Future): boolean {
  return future.cancelled() || future._peekError()?.error instanceof CancelledError;
}

function settle(
  future: Future,
  resolve: (value: unknown) => unknown,
  reject: (reason: unknown) => void,
): void {
  const failed = future._peekError();
  if (failed === undefined) {
    resolve(future.result());
    return;
  }
  future._markRetrieved();
  reject(failed.error);
}
