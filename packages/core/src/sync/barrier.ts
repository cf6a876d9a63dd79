import { checkNumber } from '../error/check-argument.ts';
import { BrokenBarrierError, ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { Condition } from './condition.ts';
import { describeState, inspect } from './describe-state.ts';
import { refuseArguments } from './refuse-arguments.ts';

/**
 * Where a fixed number of tasks wait for one another, again and again.
 *
 * 1. Filling: tasks arrive and wait. The last one of a party begins the draining.
 * 2. Draining: they leave; whoever comes meanwhile waits in front. The last to leave begins the
 *    next filling.
 * 3. Resetting: like draining, but those who leave get a `BrokenBarrierError`.
 * 4. Broken: everybody does, those who come later too, until `reset()`.
 *
 * @see CPython `asyncio.Barrier`
 */
export class Barrier {
  readonly #condition = new Condition();
  readonly #parties: number;
  #state: 'filling' | 'draining' | 'resetting' | 'broken' = 'filling';
  #inside = 0;

  /**
   * @param parties - How many tasks have to come.
   * @throws {ValueError} `parties` is less than 1.
   */
  constructor(parties: number, ...none: readonly never[]) {
    checkNumber(parties, 'parties');
    refuseArguments(none, 'Barrier()');
    if (parties < 1) throw new ValueError(`parties must be > 0, got ${parties}`);
    this.#parties = parties;
  }

  /** How many tasks have to come. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait for the rest of their party. */
  get nWaiting(): number {
    return this.#state === 'filling' ? this.#inside : 0;
  }

  get broken(): boolean {
    return this.#state === 'broken';
  }

  /**
   * Waits for the party to be complete.
   *
   * Rejects with `BrokenBarrierError` if the barrier is broken, or reset meanwhile.
   *
   * @returns A number from 0 up to `parties - 1`, different for each of the party.
   */
  wait(): Future<number> {
    return operation(() => this.#wait());
  }

  /** Sends those who wait away with a `BrokenBarrierError`, and is ready for new ones. */
  reset(): Future<void> {
    return operation(() => this.#reset());
  }

  /** Breaks the barrier: whoever waits or comes gets a `BrokenBarrierError`, until `reset()`. */
  abort(): Future<void> {
    return operation(() => this.#abort());
  }

  /** In the reference's form: `<Barrier [filling, waiters:0/2]>`. */
  toString(): string {
    const waiters = this.broken ? '' : `, waiters:${this.nWaiting}/${this.#parties}`;
    return describeState(this, `${this.#state}${waiters}`, 0);
  }

  [inspect](): string {
    return this.toString();
  }

  *#wait(): Coroutine<number> {
    yield* this.#condition.acquire();
    try {
      yield* this.#enter();
      return yield* this.#pass();
    } finally {
      this.#condition.release();
    }
  }

  *#pass(): Coroutine<number> {
    try {
      const index = this.#inside;
      this.#inside += 1;
      if (index + 1 === this.#parties) this.#open();
      else yield* this.#waitForParty();
      return index;
    } finally {
      this.#inside -= 1;
      this.#leave();
    }
  }

  *#enter(): Coroutine<void> {
    yield* this.#condition.waitFor(() => this.#state !== 'draining' && this.#state !== 'resetting');
    if (this.#state === 'broken') throw new BrokenBarrierError('Barrier aborted');
  }

  #open(): void {
    this.#state = 'draining';
    this.#condition.notifyAll();
  }

  *#waitForParty(): Coroutine<void> {
    yield* this.#condition.waitFor(() => this.#state !== 'filling');
    if (this.#state === 'broken' || this.#state === 'resetting') {
      throw new BrokenBarrierError('Abort or reset of barrier');
    }
  }

  /** The last one to leave lets those in who wait in front. */
  #leave(): void {
    if (this.#inside > 0) return;
    if (this.#state === 'resetting' || this.#state === 'draining') this.#state = 'filling';
    this.#condition.notifyAll();
  }

  *#reset(): Coroutine<void> {
    yield* this.#condition.acquire();
    this.#state = this.#inside > 0 ? 'resetting' : 'filling';
    this.#condition.notifyAll();
    this.#condition.release();
  }

  *#abort(): Coroutine<void> {
    yield* this.#condition.acquire();
    this.#state = 'broken';
    this.#condition.notifyAll();
    this.#condition.release();
  }
}
