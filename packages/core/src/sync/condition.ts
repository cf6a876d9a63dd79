import { checkCallback, checkNumber } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { describeState, inspect } from './describe-state.ts';
import type { LockGuard } from './lock-guard.ts';
import { Lock } from './lock.ts';
import { LoopBinding } from './loop-binding.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { WaitList } from './wait-list.ts';

/**
 * Lets tasks that hold a lock wait for one another's notice.
 *
 * ```ts
 * using _ = await condition.acquire();
 * await condition.waitFor(() => items.length > 0);
 * ```
 *
 * @see CPython `asyncio.Condition`
 */
export class Condition {
  readonly #binding = new LoopBinding();
  readonly #waits = new WaitList();
  readonly #lock: Lock;

  /**
   * @param lock - The lock to use, which may be shared; by default one of its own.
   * @throws {TypeError} `lock` is no lock.
   */
  constructor(lock: Lock | null = null, ...none: readonly never[]) {
    refuseArguments(none, 'Condition()');
    if (lock !== null && !isLock(lock)) {
      throw new TypeError(`Expected lock to be a Lock, got ${describe(lock)}`);
    }
    this.#lock = lock ?? new Lock();
  }

  /** Whether the lock is locked. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Acquires the lock. */
  acquire(): Future<LockGuard> {
    return this.#lock.acquire();
  }

  /**
   * Releases the lock.
   *
   * @throws {RuntimeError} It is not locked.
   */
  release(): void {
    this.#lock.release();
  }

  /**
   * Releases the lock, waits for a notice, and acquires the lock again, also when it is cancelled.
   * It may return without a notice meant for it: check the state, or use {@link waitFor}.
   *
   * Rejects with `RuntimeError` if the lock is not locked.
   */
  wait(): Future<true> {
    return operation(() => this.#wait());
  }

  /**
   * Waits until `predicate()` gives something truthy, and gives that. The predicate is called under
   * the lock, at first and after each notice.
   */
  waitFor<T>(predicate: () => T): Future<T> {
    return operation(() => this.#waitFor(predicate));
  }

  /**
   * Wakes up to `n` waiters, in order of arrival; they go on once they get the lock.
   *
   * @throws {RuntimeError} The lock is not locked.
   */
  notify(n = 1): void {
    checkNumber(n, 'n');
    if (!this.locked()) throw new RuntimeError('cannot notify on un-acquired lock');
    this.#notify(n);
  }

  /**
   * Wakes all waiters.
   *
   * @throws {RuntimeError} The lock is not locked.
   */
  notifyAll(): void {
    this.notify(this.#waits.size);
  }

  /** In the reference's form: `<Condition [locked, waiters:1]>`. */
  toString(): string {
    return describeState(this, this.locked() ? 'locked' : 'unlocked', this.#waits.size);
  }

  [inspect](): string {
    return this.toString();
  }

  *#wait(): Coroutine<true> {
    if (!this.locked()) throw new RuntimeError('cannot wait on un-acquired lock');
    const future = this.#binding.bind(this).createFuture<boolean>();
    this.release();
    try {
      const wait = this.#waits.add(future);
      try {
        yield* future;
      } finally {
        this.#waits.remove(wait);
        yield* this.#reacquire();
      }
      return true;
    } catch (error) {
      // The notice may have been meant for this waiter: another one has to look in its place.
      this.#notify(1);
      throw error;
    }
  }

  /** Takes the lock however often it is cancelled, and then throws the last cancellation. */
  *#reacquire(): Coroutine<void> {
    let cancellation: CancelledError | null = null;
    for (;;) {
      try {
        yield* this.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      }
    }
    if (cancellation !== null) throw cancellation;
  }

  *#waitFor<T>(predicate: () => T): Coroutine<T> {
    checkCallback(predicate, 'waitFor');
    let result = predicate();
    while (!result) {
      yield* this.wait();
      result = predicate();
    }
    return result;
  }

  #notify(n: number): void {
    let woken = 0;
    for (const { future } of this.#waits) {
      if (woken >= n) break;
      if (future.done()) continue;
      woken += 1;
      future.setResult(false);
    }
  }
}

function isLock(value: object): boolean {
  const { acquire, release, locked } = value as Partial<Lock>;
  return (
    typeof acquire === 'function' && typeof release === 'function' && typeof locked === 'function'
  );
}
