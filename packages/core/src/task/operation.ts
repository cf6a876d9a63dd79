import { snapshot, type Context } from '../context/context.ts';
import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import { runningLoopOf } from '../loop/running-loop.ts';
import { current, currentScope } from '../loop/scope.ts';
import { Driver } from './driver.ts';
import { isCoroutine, isGeneratorFunction, type Coroutine, type TaskBody } from './task-body.ts';
import type { Task } from './task.ts';
import { Turn } from './turn.ts';

export { completed } from '../future/completed.ts';

/**
 * Starts a library coroutine as part of the task that calls: in its name and its context, up to the
 * first wait. When it ends, whoever awaits it goes on within the same handle, so that awaiting
 * `lock.acquire()` takes the iterations of an inlined coroutine, and not one more.
 *
 * An operation does not throw to its caller: every error rejects.
 *
 * @throws {RuntimeError} No loop is running.
 */
export function operation<T>(body: () => Coroutine<T>, loop?: AbstractEventLoop): Future<T> {
  const started = new Operation<T>(coroutineOf(body), loop);
  started._step();
  return started;
}

/** What behaves as an operation that gives all others one turn, then `result`. */
export function turn<T>(result: T): Future<T> {
  const scope = currentScope();
  const made = new Turn<T>(runningLoopOf(scope), scope._task, result);
  // A generator that is being stepped will most likely await it at once, by a bare yield.
  if (current.scope?._driver?._steppedAsGenerator !== true) made._begin();
  return made;
}

function coroutineOf<T>(body: () => Coroutine<T>): Coroutine<T> {
  try {
    if (typeof body !== 'function') {
      throw new TypeError(`Expected body to be a function, got ${describe(body)}`);
    }
    return body();
  } catch (error) {
    // The default of a parameter may throw, before there is a generator.
    return failing(error);
  }
}

function* failing(error: unknown): Coroutine<never> {
  throw error;
}

/**
 * Runs a user's body inside the current task, for `yield* runBody(body)`: an async function too
 * counts as a part of the task that waits for it.
 */
export function* runBody<T>(body: TaskBody<T>): Coroutine<T> {
  if (isGeneratorFunction(body)) return yield* body() as Coroutine<T>;
  if (isCoroutine(body)) return yield* body;
  if (typeof body !== 'function') {
    throw new TypeError(
      `Expected body to be an async function, a generator function or a generator, got ${describe(body)}`,
    );
  }
  const started = new Operation<T>(body);
  started._step();
  return yield* started;
}

class Operation<T> extends Driver<T> {
  readonly #task: Task | null;
  readonly #caller: Driver<unknown> | null;
  #cancelsItself = false;

  constructor(body: TaskBody<T>, loop?: AbstractEventLoop) {
    const scope = currentScope();
    const { _task, _context, _driver } = scope;
    super(
      loop ?? runningLoopOf(scope),
      body,
      _task === null ? snapshot(_context) : sharedContext(_task, _context),
    );
    this.#task = _task;
    this.#caller = _driver;
  }

  override get _task(): Task | null {
    return this.#task;
  }

  override get _direct(): boolean {
    return true;
  }

  override _noteCancel(): void {
    this.#cancelsItself = currentScope()._task === this.#task;
  }

  override _cancelNextWait(message: unknown): void {
    super._cancelNextWait(message);
    this.#cancelsItself = true;
  }

  /**
   * A task that cancels itself goes on to its next wait: if that is not in this operation, then it
   * is in what has called it.
   */
  override _passCancelOn(failed: boolean): void {
    // The async function that was cancelled while it awaited a foreign promise ends by that.
    if (!failed && !this.#cancelsItself && this._body === null) return;
    const caller = this.#caller;
    if (caller === null || caller.done()) return;
    this._mustCancel = false;
    caller._cancelNextWait(this._cancelMessage);
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
}

// What the operation sets is the task's: both need one context object from here on.
function sharedContext(task: Task, present: Context | null): Context {
  return present ?? task.getContext();
}
