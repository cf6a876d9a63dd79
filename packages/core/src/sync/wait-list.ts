import type { Future } from '../future/future.ts';

/** One wait in a {@link WaitList}. */
export interface Wait {
  readonly future: Future<boolean>;
}

/**
 * Who waits, in order of arrival. A linked list: waits leave from the middle when they are
 * cancelled, and a hundred thousand of them leave from the front one by one.
 *
 * Each wait stays until its own coroutine runs again and takes it out. A future in here may
 * therefore be done already: woken up (a result) or cancelled, but not running yet.
 */
export class WaitList implements Iterable<Wait> {
  #first: Entry | null = null;
  #last: Entry | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Wait | null {
    return this.#first;
  }

  add(future: Future<boolean>): Wait {
    const entry: Entry = { future, previous: this.#last, next: null, listed: true };
    if (this.#last === null) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#size += 1;
    return entry;
  }

  /** Takes `wait` out, unless that has been done. */
  remove(wait: Wait): void {
    const entry = wait as Entry;
    if (!entry.listed) return;
    entry.listed = false;
    const { previous, next } = entry;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    this.#size -= 1;
  }

  /** Wakes the first wait that is not done yet; false if there is none. */
  wakeNext(value: boolean): boolean {
    for (const { future } of this) {
      if (future.done()) continue;
      future.setResult(value);
      return true;
    }
    return false;
  }

  /** Whether somebody waits who has not been cancelled. */
  hasLive(): boolean {
    for (const { future } of this) {
      if (!future.cancelled()) return true;
    }
    return false;
  }

  *[Symbol.iterator](): IterableIterator<Wait> {
    for (let entry = this.#first; entry !== null; entry = entry.next) yield entry;
  }
}

interface Entry extends Wait {
  previous: Entry | null;
  next: Entry | null;
  listed: boolean;
}
