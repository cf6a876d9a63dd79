import { cancelArgs, RuntimeError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import type { Runnable } from '../loop/handle.ts';
import { runningLoopOf } from '../loop/running-loop.ts';
import { currentScope } from '../loop/scope.ts';
import type { Task } from './task.ts';

/**
 * A wait of one turn, so that all others have theirs: what `sleep(0)` is. It behaves as an operation
 * whose coroutine is a bare `yield`, at half of the cost: part of the task that calls, which goes on
 * within the handle that ends it, and cancelled when its turn comes.
 */
export class Turn<T> extends Future<T> implements Runnable {
  readonly #result: T;
  readonly #task: Task | null;
  #cancelArgs: readonly unknown[] | null;

  /** @throws {RuntimeError} No loop is running. */
  constructor(result: T) {
    const scope = currentScope();
    const loop = runningLoopOf(scope);
    super({ loop });
    this.#result = result;
    this.#task = scope._task;
    this.#cancelArgs = null;
    loop._enqueue(this);
  }

  override cancel(message?: unknown): boolean {
    if (this.done()) return super.cancel(message);
    this.#cancelArgs = cancelArgs(message);
    return true;
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  /** @internal */
  override get _direct(): boolean {
    return true;
  }

  /** @internal */
  override _withdrawCancelOf(task: Task | null): void {
    if (task === this.#task) this.#cancelArgs = null;
  }

  /** @internal */
  _runText(): string {
    return (this.#task ?? this).toString();
  }

  /** @internal */
  _run(): void {
    if (this.done()) return;
    if (this.#cancelArgs === null) this._finish(this.#result);
    else this._cancelWith(this.#cancelArgs);
  }
}
