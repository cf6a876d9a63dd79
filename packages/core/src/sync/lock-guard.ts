/**
 * What `acquire()` gives: releases once at the end of a `using` block.
 *
 * ```ts
 * using _ = await lock.acquire();
 * ```
 *
 * It replaces the reference's `async with`. Whoever calls `release()` directly can ignore it.
 */
export class LockGuard implements Disposable {
  #owner: { release(): void } | null;

  constructor(owner: { release(): void }) {
    this.#owner = owner;
  }

  /** Releases; a second time does nothing. */
  [Symbol.dispose](): void {
    const owner = this.#owner;
    this.#owner = null;
    owner?.release();
  }
}
