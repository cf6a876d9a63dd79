import type { Future } from '../future/future.ts';
import { completed, operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { describeState, inspect } from './describe-state.ts';
import { LoopBinding } from './loop-binding.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { WaitList } from './wait-list.ts';

/**
 * A flag that tasks can wait for. It starts unset.
 *
 * The name is a global of the web platform too: import it.
 *
 * @see CPython `asyncio.Event`
 */
export class Event {
  readonly #binding = new LoopBinding();
  readonly #waits = new WaitList();
  #set = false;

  /** @throws {TypeError} Any argument was given: the loop is found by itself. */
  constructor(...none: readonly never[]) {
    refuseArguments(none, 'Event()');
  }

  isSet(): boolean {
    return this.#set;
  }

  /** Sets the flag and wakes all who wait now, in order of arrival, even if it is cleared right away. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    for (const { future } of this.#waits) {
      if (!future.done()) future.setResult(true);
    }
  }

  clear(): void {
    this.#set = false;
  }

  /** Waits until the flag is set; at once if it is. */
  wait(): Future<true> {
    return this.#set ? completed(true) : operation(() => this.#wait());
  }

  /** In the reference's form: `<Event [unset, waiters:1]>`. */
  toString(): string {
    return describeState(this, this.#set ? 'set' : 'unset', this.#waits.size);
  }

  [inspect](): string {
    return this.toString();
  }

  *#wait(): Coroutine<true> {
    const wait = this.#waits.add(this.#binding.bind(this).createFuture());
    try {
      yield* wait.future;
      return true;
    } finally {
      this.#waits.remove(wait);
    }
  }
}
