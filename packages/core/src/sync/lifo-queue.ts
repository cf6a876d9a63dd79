import { LifoStore } from './item-store.ts';
import { Queue } from './queue.ts';

/**
 * A queue that gives the newest item first.
 *
 * @see CPython `asyncio.LifoQueue`
 */
export class LifoQueue<T = unknown> extends Queue<T> {
  constructor(maxsize = 0, ...none: readonly never[]) {
    super(maxsize, ...none);
    this.items = new LifoStore<T>();
  }
}
