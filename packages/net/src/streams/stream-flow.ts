import type { Coroutine, EventLoop, Future } from '@loop/core';
import { OSError } from '@loop/posix';

/**
 * What a {@link StreamWriter} waits for: room in the buffer, and the end of the connection. A protocol of your
 * own has one, and tells it in `pauseWriting`, `resumeWriting` and `connectionLost`.
 *
 * @see CPython `asyncio.streams.FlowControlMixin`
 */
export class StreamFlow {
  readonly #loop: EventLoop;
  readonly #draining = new Set<Future<void>>();
  readonly #closing = new Set<Future<void>>();
  #paused = false;
  #lost = false;
  #error: Error | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** Whether a `drain()` would not wait, and not fail. */
  get open(): boolean {
    return !this.#paused && !this.#lost;
  }

  /** Whether the connection is gone. */
  get lost(): boolean {
    return this.#lost;
  }

  /** There is no room; for `pauseWriting`. */
  pause(): void {
    this.#paused = true;
  }

  /** There is room again; for `resumeWriting`. */
  resume(): void {
    this.#paused = false;
    settle(this.#draining, null);
  }

  /** The connection is gone, and whoever waits learns how; for `connectionLost`. */
  lose(error: Error | null): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#error = error;
    settle(this.#closing, error);
    settle(this.#draining, error);
  }

  /** Waits for room; for the writer. @internal */
  *_drain(): Coroutine<void> {
    if (this.#lost) throw new OSError('ECONNRESET', { message: 'Connection lost' });
    if (this.#paused) yield* this.#wait(this.#draining);
  }

  /** Waits for the end, and throws what the connection ended with. @internal */
  *_closed(): Coroutine<void> {
    if (!this.#lost) yield* this.#wait(this.#closing);
    else if (this.#error !== null) throw this.#error;
  }

  *#wait(waiting: Set<Future<void>>): Coroutine<void> {
    const waiter = this.#loop.createFuture<void>();
    waiting.add(waiter);
    try {
      yield* waiter;
    } finally {
      waiting.delete(waiter);
    }
  }
}

function settle(waiting: ReadonlySet<Future<void>>, error: Error | null): void {
  for (const waiter of waiting) {
    if (waiter.done()) continue;
    if (error === null) waiter.setResult();
    else waiter.setException(error);
  }
}
