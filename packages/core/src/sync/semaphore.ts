import { checkNumber } from '../error/check-argument.ts';
import { ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { completed, operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { describeState, inspect } from './describe-state.ts';
import { LockGuard } from './lock-guard.ts';
import { LoopBinding } from './loop-binding.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { WaitList } from './wait-list.ts';

/**
 * A number of permits: `acquire()` takes one, waiting while there is none, and `release()` returns
 * one. Waiters get them in the order in which they came; nobody overtakes.
 *
 * ```ts
 * using _ = await semaphore.acquire();
 * ```
 *
 * @see CPython `asyncio.Semaphore`
 */
export class Semaphore {
  readonly #binding = new LoopBinding();
  readonly #waits = new WaitList();
  // The permit of a waiter that was woken is taken already.
  #value: number;

  /**
   * @param value - How many permits there are at first.
   * @throws {ValueError} `value` is negative.
   */
  constructor(value = 1, ...none: readonly never[]) {
    checkNumber(value, 'value');
    refuseArguments(none, `${new.target.name}()`);
    if (value < 0) throw new ValueError(`Semaphore initial value must be >= 0, got ${value}`);
    this.#value = value;
  }

  /** Whether `acquire()` would have to wait: there is no permit, or others wait for one. */
  locked(): boolean {
    return this.#value === 0 || this.#waits.hasLive();
  }

  /**
   * Waits for a permit and takes it. The guard it gives returns it at the end of a `using` block.
   *
   * Rejects with `RuntimeError` if it has to wait, and the semaphore is bound to another loop.
   */
  acquire(): Future<LockGuard> {
    if (this.locked()) return operation(() => this.#wait());
    this.#value -= 1;
    return completed(new LockGuard(this));
  }

  /** Returns a permit; more than were taken raise the number of permits. */
  release(): void {
    this.#value += 1;
    this.#wakeNext();
  }

  /** In the reference's form: `<Semaphore [unlocked, value:1]>`. */
  toString(): string {
    const state = this.locked() ? 'locked' : `unlocked, value:${this.#value}`;
    return describeState(this, state, this.#waits.size);
  }

  [inspect](): string {
    return this.toString();
  }

  /** @internal */
  protected permits(): number {
    return this.#value;
  }

  *#wait(): Coroutine<LockGuard> {
    const wait = this.#waits.add(this.#binding.bind(this).createFuture());
    let woken = false;
    try {
      yield* wait.future;
      woken = true;
    } finally {
      this.#waits.remove(wait);
      // Chosen, and cancelled before it could run: it returns the permit.
      if (!woken && wait.future.done() && !wait.future.cancelled()) this.#value += 1;
      // Others may have come who had to wait only for their turn.
      while (this.#value > 0 && this.#wakeNext());
    }
    return new LockGuard(this);
  }

  #wakeNext(): boolean {
    if (!this.#waits.wakeNext(true)) return false;
    this.#value -= 1;
    return true;
  }
}

/**
 * A semaphore that refuses more releases than acquisitions.
 *
 * @see CPython `asyncio.BoundedSemaphore`
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  constructor(value = 1, ...none: readonly never[]) {
    super(value, ...none);
    this.#bound = value;
  }

  /** @throws {ValueError} All permits have been returned. */
  override release(): void {
    if (this.permits() >= this.#bound) {
      throw new ValueError('BoundedSemaphore released too many times');
    }
    super.release();
  }
}
