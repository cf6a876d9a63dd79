import { CancelledError, isExit, RuntimeError } from '../error/errors.ts';
import { ExceptionGroup } from '../error/exception-group.ts';
import type { Future } from '../future/future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { operation } from '../task/operation.ts';
import { isCoroutine, type Coroutine, type TaskBody } from '../task/task-body.ts';
import type { Task, TaskOptions } from '../task/task.ts';
import { outcomeOf } from './outcome.ts';
import { OwnPart } from './own-part.ts';
import { runWith } from './run-with.ts';

/** What {@link TaskGroup.run} runs: an async function or a generator function. */
export type TaskGroupBody<T> = (group: TaskGroup) => PromiseLike<T> | Coroutine<T>;

/**
 * A block that ends when all tasks that were created in it have ended.
 *
 * ```ts
 * const [a, b] = await TaskGroup.run(async (group) => {
 *   return [group.createTask(loadA), group.createTask(loadB)];
 * });
 * console.log(a.result(), b.result());
 * ```
 *
 * 1. The body runs in the current task; then the block waits for the tasks, those included that
 *    tasks create meanwhile.
 * 2. The first error, of the body or of a task, aborts the group: all tasks and the body are
 *    cancelled. When they have ended, all errors are thrown as one `ExceptionGroup`.
 * 3. A task that is cancelled by itself is no error. Cancelling the current task cancels all tasks,
 *    and the block throws `CancelledError`, if no task fails.
 * 4. `SystemExit` and `KeyboardInterrupt` of the body are thrown as they are.
 *
 * @see CPython `asyncio.TaskGroup`
 */
export class TaskGroup {
  readonly #tasks = new Set<Task>();
  readonly #errors: unknown[] = [];
  #exit: { readonly error: unknown } | null = null;
  #loop: EventLoop | null = null;
  #parent: OwnPart | null = null;
  #exiting = false;
  #aborting = false;
  // Whether the abort has cancelled the parent, which has to be undone at the end.
  #parentCancelled = false;
  #allEnded: Future<void> | null = null;

  /**
   * Runs `body` with a new group, waits for all tasks of it, and gives what `body` returned.
   *
   * Rejects with `ExceptionGroup` if anything failed, and with `RuntimeError` outside of a task.
   */
  static run<T>(body: TaskGroupBody<T> | TaskBody<T>): Future<T> {
    return new TaskGroup().run(body);
  }

  /** As the static method, with a group made before; each group runs once. */
  run<T>(body: TaskGroupBody<T> | TaskBody<T>): Future<T> {
    return operation(() => this.#run(body));
  }

  /**
   * Creates a task in the group, with the options of `loop.createTask()`.
   *
   * @throws {RuntimeError} The group does not run yet, has ended, or is being aborted.
   */
  createTask<T>(body: TaskBody<T>, options: TaskOptions & Record<string, unknown> = {}): Task<T> {
    const refusal = this.#refusal();
    if (refusal !== null) {
      if (isCoroutine(body)) body.return(undefined as T);
      throw new RuntimeError(`TaskGroup ${this.toString()} ${refusal}`);
    }
    const task = (this.#loop as EventLoop).createTask(body, options);
    this.#tasks.add(task);
    task.addDoneCallback(this.#onTaskDone as (task: Future<T>) => void);
    return task;
  }

  /** In the reference's form: `<TaskGroup tasks=2 errors=1 cancelling>`. */
  toString(): string {
    const parts = ['TaskGroup'];
    if (this.#tasks.size > 0) parts.push(`tasks=${this.#tasks.size}`);
    if (this.#errors.length > 0) parts.push(`errors=${this.#errors.length}`);
    if (this.#aborting) parts.push('cancelling');
    else if (this.#parent !== null) parts.push('entered');
    return `<${parts.join(' ')}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  *#run<T>(body: TaskGroupBody<T> | TaskBody<T>): Coroutine<T> {
    this.#enter();
    let result: T;
    try {
      result = yield* runWith(body, this);
    } catch (error) {
      yield* this.#end({ error });
      throw error;
    }
    yield* this.#end(null);
    return result;
  }

  #enter(): void {
    if (this.#parent !== null) {
      throw new RuntimeError(`TaskGroup ${this.toString()} has already been entered`);
    }
    this.#loop = getRunningLoop();
    this.#parent = OwnPart.current(`TaskGroup ${this.toString()} cannot determine the parent task`);
  }

  #refusal(): string | null {
    if (this.#parent === null) return 'has not been entered';
    if (this.#exiting && this.#tasks.size === 0) return 'is finished';
    return this.#aborting ? 'is shutting down' : null;
  }

  /** The end of the block, after the body has returned or `thrown`. */
  *#end(thrown: { readonly error: unknown } | null): Coroutine<void> {
    this.#exiting = true;
    if (thrown !== null) {
      if (isExit(thrown.error)) this.#exit ??= thrown;
      if (!this.#aborting) this.#abort();
    }
    let cancellation = thrown?.error instanceof CancelledError ? thrown : null;
    cancellation = (yield* this.#waitForTasks()) ?? cancellation;
    if (this.#exit !== null) throw this.#exit.error;

    const parent = this.#parent as OwnPart;
    // Without requests from outside there is no cancellation left.
    if (this.#parentCancelled && parent.uncancel() === 0) cancellation = null;
    // Errors come before a cancellation.
    if (cancellation !== null && this.#errors.length === 0) throw cancellation.error;
    if (thrown !== null && !(thrown.error instanceof CancelledError)) {
      this.#errors.push(thrown.error);
    }
    if (this.#errors.length > 0) this.#throwErrors(parent);
  }

  /** @returns The cancellation from outside that began the abort, if one did. */
  *#waitForTasks(): Coroutine<{ readonly error: unknown } | null> {
    let cancellation: { readonly error: unknown } | null = null;
    // The wait can be cancelled, even repeatedly; the tasks have to end all the same.
    while (this.#tasks.size > 0) {
      this.#allEnded ??= (this.#loop as EventLoop).createFuture<void>();
      try {
        yield* this.#allEnded;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        if (!this.#aborting) {
          cancellation = { error };
          this.#abort();
        }
      }
      this.#allEnded = null;
    }
    return cancellation;
  }

  #throwErrors(parent: OwnPart): never {
    // The cancellation from outside, which the errors hide, comes up again at the next wait.
    if (parent.task.cancelling() > 0) {
      parent.uncancel();
      parent.cancel();
    }
    throw new ExceptionGroup('unhandled errors in a TaskGroup', this.#errors);
  }

  #abort(): void {
    this.#aborting = true;
    for (const task of this.#tasks) {
      if (!task.done()) task.cancel();
    }
  }

  readonly #onTaskDone = (task: Task): void => {
    this.#tasks.delete(task);
    if (this.#tasks.size === 0 && this.#allEnded?.done() === false) this.#allEnded.setResult();
    if (task.cancelled()) return;
    const outcome = outcomeOf(task);
    if (!outcome.failed) return;
    this.#errors.push(outcome.error);
    if (isExit(outcome.error)) this.#exit ??= outcome;
    const parent = this.#parent as OwnPart;
    if (parent.task.done()) {
      this.#reportOrphan(task, outcome.error);
    } else if (!this.#aborting && !this.#parentCancelled) {
      this.#abort();
      this.#parentCancelled = true;
      parent.cancel();
    }
  };

  #reportOrphan(task: Task, exception: unknown): void {
    const parent = (this.#parent as OwnPart).task;
    this.#loop?.callExceptionHandler({
      message: `Task ${task.toString()} has errored out but its parent task ${parent.toString()} is already completed`,
      exception,
      task,
    });
  }
}
