import type { Future, Waiter } from '../future/future.ts';
import type { Runnable } from '../loop/handle.ts';
import { asStored, type Scope } from '../loop/scope.ts';
import type { Driver } from './driver.ts';

/** The futures that the async functions of one driver are awaiting now: mostly one. */
export class AsyncWaits {
  readonly driver: Driver<unknown>;
  readonly #waits = new Set<AsyncWait>();

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
    this.#waits.add(wait);
    future._addWaiter(wait);
    if (driver._mustCancel && future.cancel(driver._cancelMessage)) driver._mustCancel = false;
  }

  /** Cancels what is awaited; false if nothing was there to be cancelled. */
  cancel(message: unknown): boolean {
    let any = false;
    for (const wait of this.#waits) {
      if (wait.future.cancel(message)) any = true;
    }
    return any;
  }

  /** The futures awaited now. */
  *futures(): Iterable<Future> {
    for (const wait of this.#waits) yield wait.future;
  }

  /** @internal */
  _end(wait: AsyncWait): Driver<unknown> {
    this.#waits.delete(wait);
    return this.driver;
  }
}

/** One `await future` in an async function: settles the promise that the engine made for it. */
class AsyncWait implements Waiter, Runnable {
  readonly future: Future;
  refusal: Error | null;
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
    this.#waits = waits;
    this.#scope = scope;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  _notify(future: Future): void {
    const loop = future._loop;
    // As in a driver: the end of an operation is not the beginning of a step.
    if (future._direct && loop._inBatch) this.#resume(false);
    else loop._enqueue(this);
  }

  _run(): void {
    this.#resume(true);
  }

  #resume(atStep: boolean): void {
    const driver = this.#waits._end(this);
    const loop = driver._loop;
    loop._microtasksQueued = true;
    loop._host.storage.resume(asStored(this.#scope));
    if (this.refusal !== null) this.#reject(this.refusal);
    else if (atStep && driver._mustCancel) this.#reject(driver._takeCancellation());
    else settle(this.future, this.#resolve, this.#reject);
  }

  _waiterText(): string {
    return 'wakeup()';
  }

  _runText(): string {
    return this.#waits.driver._runText();
  }
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
