import type { Coroutine, EventLoop, Task, TaskBody } from '@loop/core';
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
 * Starts attempts one after another: the next when one fails, or after `delay` seconds (`null`: only
 * when one fails). The first that succeeds wins; the others are cancelled, and have ended when this
 * returns.
 *
 * @see RFC 8305, section 5; CPython `asyncio.staggered.staggered_race`
 */
export function* staggeredRace<T>(
  loop: EventLoop,
  attempts: readonly TaskBody<T>[],
  delay: number | null,
): Coroutine<RaceResult<T>> {
  const running: Array<Task<T>> = [];
  const errors: unknown[] = [];
  let winner: number | null = null;
  let result: T | null = null;
  // Settled by whatever happens next: an attempt that ends, or the delay.
  let changed = loop.createFuture<void>();
  const notice = (): void => {
    if (!changed.done()) changed.setResult();
  };
  const start = (index: number): void => {
    const task = loop.createTask(attempts[index] as TaskBody<T>);
    running.push(task);
    errors.push(null);
    task.addDoneCallback(() => {
      if (task.cancelled()) {
        errors[index] ??= null;
      } else {
        const error = task.exception();
        if (error !== null) errors[index] = error;
        else if (winner === null) {
          winner = index;
          result = task.result();
        }
      }
      notice();
    });
  };
  try {
    for (let index = 0; index < attempts.length && winner === null; index += 1) {
      start(index);
      const task = running[index] as Task<T>;
      const timer = delay === null ? null : loop.callLater(delay, notice);
      let expired = false;
      while (winner === null && !expired && !task.done()) {
        changed = loop.createFuture<void>();
        const before = countDone(running);
        yield* changed;
        // A failure of any attempt starts the next at once; nothing but the timer wakes without one.
        expired = countDone(running) > before || timer !== null;
      }
      timer?.cancel();
    }
    while (winner === null && running.some((task) => !task.done())) {
      changed = loop.createFuture<void>();
      yield* changed;
    }
  } finally {
    yield* endAll(loop, running);
  }
  return { index: winner, result, errors };
}

function countDone(tasks: readonly Task[]): number {
  return tasks.filter((task) => task.done()).length;
}

/** Cancels what still runs, and waits for its clean-up. */
function* endAll(loop: EventLoop, tasks: readonly Task[]): Coroutine<void> {
  const open = tasks.filter((task) => !task.done());
  for (const task of open) task.cancel();
  for (const task of open) {
    if (task.done()) continue;
    const ended = loop.createFuture<void>();
    task.addDoneCallback(() => ended.done() || ended.setResult());
    yield* ended;
  }
}
