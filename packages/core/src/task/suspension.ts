import { cancelArgs, RuntimeError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { Runnable } from '../loop/handle.ts';
import { currentScope } from '../loop/scope.ts';
import type { Task } from './task.ts';

/**
 * What a library function may return that waits for one thing: behaves as an operation whose coroutine waits
 * for a future, without the coroutine and the future, at half of the cost.
 *
 * 1. {@link wake} queues it; in the next iteration {@link resume} runs. That ends it by {@link finish} or
 *    {@link fail}, and who awaits it goes on within the same handle; or it does neither, and the wait goes on.
 * 2. `cancel()` queues it as well: in the next iteration {@link abandoned} runs, and it is cancelled. What has
 *    woken it before is not lost: it has not been taken yet.
 *
 * @see CPython: an `async def` that awaits a future of its own
 */
export abstract class Suspension<T> extends Future<T> implements Runnable {
  readonly #task: Task | null;
  #queued: boolean;
  // A request that came after the wake-up may be withdrawn, by `uncancel()`.
  #woken: boolean;
  #cancelArgs: readonly unknown[] | null;

  constructor(loop: AbstractEventLoop) {
    super({ loop });
    this.#task = currentScope()._task;
    this.#queued = false;
    this.#woken = false;
    this.#cancelArgs = null;
  }

  /** It has what it waits for, or should look. More than one call counts once. */
  wake(): void {
    if (this.#queued || this.done()) return;
    this.#woken = true;
    this.#queue();
  }

  /** Ends it, if there is what it waits for. */
  protected abstract resume(): void;

  /** It is cancelled, and waits no more. */
  protected abstract abandoned(): void;

  /** Ends it with `result`; from {@link resume}. */
  protected finish(result: T): void {
    this._finish(result);
  }

  /** Ends it with `error`; from {@link resume}. */
  protected fail(error: unknown): void {
    this._fail(error);
  }

  override cancel(message?: unknown): boolean {
    if (this.done()) return super.cancel(message);
    this.#cancelArgs ??= cancelArgs(message);
    if (!this.#queued) this.#queue();
    return true;
  }

  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  /** @internal */
  override get _direct(): boolean {
    return true;
  }

  /** @internal */
  override _withdrawCancelOf(task: Task | null): void {
    if (task === this.#task && this.#woken) this.#cancelArgs = null;
  }

  /** @internal */
  _run(): void {
    if (this.done()) return;
    this.#queued = false;
    this.#woken = false;
    if (this.#cancelArgs === null) {
      this.resume();
    } else {
      this.abandoned();
      this._cancelWith(this.#cancelArgs);
    }
  }

  /** @internal */
  _runText(): string {
    return (this.#task ?? this).toString();
  }

  #queue(): void {
    this.#queued = true;
    this._loop._enqueue(this);
  }
}
