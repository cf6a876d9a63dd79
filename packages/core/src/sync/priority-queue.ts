import { checkCallback, checkOptions } from '../error/check-argument.ts';
import { compareItems } from './compare-items.ts';
import { HeapStore } from './heap-store.ts';
import { Queue } from './queue.ts';
import { refuseArguments } from './refuse-arguments.ts';

/** Options of a {@link PriorityQueue}. */
export interface PriorityQueueOptions<T> {
  /** How many items it holds before `put()` waits; 0 or less, as by default, for no limit. */
  readonly maxsize?: number | undefined;
  /**
   * Negative if `a` leaves before `b`, positive if after. Without it the items are numbers, strings
   * or tuples of such, which are compared element by element: `[priority, text]`.
   */
  readonly compare?: ((a: T, b: T) => number) | undefined;
}

/**
 * A queue that gives the smallest item first. Between equal ones the order is undefined.
 *
 * ```ts
 * const jobs = new PriorityQueue<Job>({ compare: (a, b) => a.due - b.due });
 * ```
 *
 * Putting in an item that cannot be compared fails with a `TypeError`, and leaves it out.
 *
 * @see CPython `asyncio.PriorityQueue`
 */
export class PriorityQueue<T = unknown> extends Queue<T> {
  constructor(options: PriorityQueueOptions<T> = {}, ...none: readonly never[]) {
    checkOptions(options, ['maxsize', 'compare'], 'PriorityQueue');
    const { compare = compareItems, maxsize = 0 } = options;
    checkCallback(compare, 'PriorityQueue');
    refuseArguments(none, 'PriorityQueue()');
    super(maxsize);
    this.items = new HeapStore<T>(compare);
  }
}
