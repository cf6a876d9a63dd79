import { cancelArgs, CancelledError, RuntimeError } from '../error/errors.ts';
import { Future, type Waiter } from '../future/future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Runnable } from '../loop/handle.ts';
import type { Task } from './task.ts';

/**
 * A wait of one turn, so that all others have theirs: what `sleep(0)` is. It behaves as an operation
 * whose coroutine is a bare `yield`, at a fraction of the cost: part of the task that calls, which
 * goes on within the handle that ends it, and cancelled when its turn comes.
 *
 * 1. Called by a generator it begins when somebody awaits it or looks at it, as the reference's coroutine
 *    does; otherwise at once: what an async function awaits is only seen in a microtask, and then it
 *    would be late.
 * 2. In a generator, `yield*` is one bare `yield` of the coroutine that awaits: its driver is queued,
 *    and the turn is not.
 * 3. In any other way the turn itself is queued.
 */
export class Turn<T> extends Future<T> implements Runnable {
  readonly #result: T;
  readonly #task: Task | null;
  #begun: boolean;
  #cancelArgs: readonly unknown[] | null;

  constructor(loop: EventLoop, task: Task | null, result: T) {
    super({ loop });
    this.#result = result;
    this.#task = task;
    this.#begun = false;
    this.#cancelArgs = null;
  }

  override [Symbol.iterator](): Iterator<Future<T>, T, unknown> {
    if (this.#begun) return super[Symbol.iterator]();
    this.#begun = true;
    return new BareYield(this) as unknown as Iterator<Future<T>, T, unknown>;
  }

  override done(): boolean {
    this._begin();
    return super.done();
  }

  override cancel(message?: unknown): boolean {
    if (this.done()) return super.cancel(message);
    this.#cancelArgs = cancelArgs(message);
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
    if (task === this.#task) this.#cancelArgs = null;
  }

  /** @internal */
  override _addWaiter(waiter: Waiter): void {
    this._begin();
    super._addWaiter(waiter);
  }

  /** @internal */
  override _asPromise(): Promise<T> {
    this._begin();
    return super._asPromise();
  }

  /** @internal */
  _runText(): string {
    return (this.#task ?? this).toString();
  }

  /** The turn is over. @internal */
  _run(): void {
    if (super.done()) return;
    if (this.#cancelArgs === null) this._finish(this.#result);
    else this._cancelWith(this.#cancelArgs);
  }

  /** `error` was thrown at the bare yield. @internal */
  _interrupt(error: unknown): void {
    if (super.done()) return;
    if (error instanceof CancelledError) {
      this._cancelWith(error.args);
    } else {
      this._fail(error);
      this._markRetrieved();
    }
  }

  /** Queues it, unless it is. @internal */
  _begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this._loop._enqueue(this);
  }
}

/** The first `yield*` of a {@link Turn}. */
class BareYield<T> implements Iterator<undefined, T, unknown> {
  readonly #turn: Turn<T>;
  #yielded: boolean;

  constructor(turn: Turn<T>) {
    this.#turn = turn;
    this.#yielded = false;
  }

  next(): IteratorResult<undefined, T> {
    if (!this.#yielded) {
      this.#yielded = true;
      return BARE;
    }
    this.#turn._run();
    return { done: true, value: this.#turn.result() };
  }

  return(value: T): IteratorResult<undefined, T> {
    this.#turn._interrupt(new CancelledError());
    return { done: true, value };
  }

  throw(error: unknown): never {
    this.#turn._interrupt(error);
    throw error;
  }
}

/** What the driver of a coroutine takes for "let the others have a turn". */
const BARE: IteratorYieldResult<undefined> = Object.freeze({ done: false, value: undefined });
