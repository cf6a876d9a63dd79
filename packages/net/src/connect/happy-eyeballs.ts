import {
  CancelledError,
  type Coroutine,
  type EventLoop,
  type Future,
  type Task,
  type TimerHandle,
} from '@loop/core';
import { isExit } from '@loop/core/errors';
import type { AddressInfo } from '@loop/posix';

/**
 * Orders addresses so that families alternate, after `firstCount` of the first family.
 *
 * @see RFC 8305, section 4
 */
export function interleave(addresses: readonly AddressInfo[], firstCount: number): AddressInfo[] {
  const families = new Map<number, AddressInfo[]>();
  for (const address of addresses) {
    const same = families.get(address[0]);
    if (same === undefined) families.set(address[0], [address]);
    else same.push(address);
  }
  const lists = [...families.values()];
  const ordered = firstCount > 1 ? (lists[0]?.splice(0, firstCount - 1) ?? []) : [];
  for (let row = 0; lists.some((list) => row < list.length); row += 1) {
    for (const list of lists) if (row < list.length) ordered.push(list[row] as AddressInfo);
  }
  return ordered;
}

/** How a race ended. */
export interface RaceResult<T> {
  /** Which attempt won, `null` if none did. */
  readonly index: number | null;
  readonly result: T | null;
  /** An entry per attempt that was started: its error, `null` for the winner. */
  readonly errors: readonly unknown[];
}

/**
 * Starts attempts one after another: each when the one before it fails, or after `delay` seconds
 * (`null`: only when it fails). The first that succeeds wins; the others are cancelled in the same
 * step, and have ended when this returns.
 *
 * @see RFC 8305, section 5; CPython `asyncio.staggered.staggered_race`
 */
export function* staggeredRace<T>(
  loop: EventLoop,
  attempts: ReadonlyArray<() => Coroutine<T>>,
  delay: number | null,
): Coroutine<RaceResult<T>> {
  const race = new Race<T>(loop);
  let timer: TimerHandle | null = null;
  try {
    for (const attempt of attempts) {
      const task = race.start(attempt);
      let expired = false;
      if (delay !== null) {
        timer = loop.callLater(delay, () => {
          expired = true;
          race.changed();
        });
      }
      while (race.winner === null && !expired && !task.done()) yield* race.nextChange();
      timer?.cancel();
      if (race.winner !== null) break;
    }
    while (race.winner === null && race.isOpen()) yield* race.nextChange();
  } finally {
    timer?.cancel();
    race.cancelAll();
    while (race.isOpen()) yield* race.nextChange();
  }
  return { index: race.winner, result: race.result, errors: race.errors };
}

/** The attempts that were started, and how far they are. */
class Race<T> {
  readonly errors: unknown[] = [];
  winner: number | null = null;
  result: T | null = null;
  readonly #loop: EventLoop;
  readonly #tasks: Task[] = [];
  #change: Future<void> | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  start(attempt: () => Coroutine<T>): Task {
    const index = this.#tasks.length;
    this.errors.push(null);
    const task = this.#loop.createTask(() => this.#run(index, attempt));
    this.#tasks.push(task);
    task.addDoneCallback(() => {
      // Cancelled before it began.
      if (task.cancelled()) this.errors[index] = new CancelledError();
      this.changed();
    });
    return task;
  }

  isOpen(): boolean {
    return this.#tasks.some((task) => !task.done());
  }

  cancelAll(): void {
    for (const task of this.#tasks) task.cancel();
  }

  /** Waits until an attempt ends, or {@link changed} is called. */
  *nextChange(): Coroutine<void> {
    this.#change = this.#loop.createFuture();
    yield* this.#change;
  }

  changed(): void {
    if (this.#change !== null && !this.#change.done()) this.#change.setResult();
  }

  *#run(index: number, attempt: () => Coroutine<T>): Coroutine<void> {
    try {
      const result = yield* attempt();
      this.winner = index;
      this.result = result;
    } catch (error) {
      if (isExit(error)) throw error;
      this.errors[index] = error;
      return;
    }
    for (const [other, task] of this.#tasks.entries()) if (other !== index) task.cancel();
  }
}
