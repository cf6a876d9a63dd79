import { RuntimeError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { completed, operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { describeState, inspect } from './describe-state.ts';
import { LockGuard } from './lock-guard.ts';
import { LoopBinding } from './loop-binding.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { WaitList } from './wait-list.ts';

/**
 * A mutual exclusion lock for tasks. Waiters get it in the order in which they came; nobody
 * overtakes. It has no owner: any task may release it.
 *
 * ```ts
 * using _ = await lock.acquire();
 * ```
 *
 * The name is a global of the web platform too: import it.
 *
 * @see CPython `asyncio.Lock`
 */
export class Lock {
  readonly #binding = new LoopBinding();
  readonly #waits = new WaitList();
  #locked = false;

  /** @throws {TypeError} Any argument was given: the loop is found by itself. */
  constructor(...none: readonly never[]) {
    refuseArguments(none, 'Lock()');
  }

  locked(): boolean {
    return this.#locked;
  }

  /**
   * Waits for the lock and takes it. The guard it gives releases at the end of a `using` block.
   *
   * Rejects with `RuntimeError` if it has to wait, and the lock is bound to another loop.
   */
  acquire(): Future<LockGuard> {
    if (this.#locked || this.#waits.hasLive()) return operation(() => this.#wait());
    this.#locked = true;
    return completed(new LockGuard(this));
  }

  /**
   * Unlocks, and wakes the first waiter.
   *
   * @throws {RuntimeError} The lock is not locked.
   */
  release(): void {
    if (!this.#locked) throw new RuntimeError('Lock is not acquired.');
    this.#locked = false;
    this.#wakeFirst();
  }

  /** In the reference's form: `<Lock [locked, waiters:1]>`. */
  toString(): string {
    return describeState(this, this.#locked ? 'locked' : 'unlocked', this.#waits.size);
  }

  [inspect](): string {
    return this.toString();
  }

  *#wait(): Coroutine<LockGuard> {
    const wait = this.#waits.add(this.#binding.bind(this).createFuture());
    let woken = false;
    try {
      yield* wait.future;
      woken = true;
    } finally {
      this.#waits.remove(wait);
      // A waiter that was chosen, and cancelled before it could run, passes its turn on.
      if (!woken && !this.#locked) this.#wakeFirst();
    }
    this.#locked = true;
    return new LockGuard(this);
  }

  /** The one at the head, and no other, may go on; it may have been told already. */
  #wakeFirst(): void {
    const first = this.#waits.first;
    if (first !== null && !first.future.done()) first.future.setResult(true);
  }
}
