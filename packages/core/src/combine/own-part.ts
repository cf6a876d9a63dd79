import { RuntimeError } from '../error/errors.ts';
import { currentScope } from '../loop/scope.ts';
import type { Driver } from '../task/driver.ts';
import type { Task } from '../task/task.ts';

/**
 * The part of a task that a timeout or task group runs. It can be cancelled alone: of several that
 * a task has started side by side, as by `Promise.all`, the others go on.
 */
export class OwnPart {
  readonly task: Task;
  readonly #driver: Driver<unknown>;

  private constructor(task: Task, driver: Driver<unknown>) {
    this.task = task;
    this.#driver = driver;
  }

  /**
   * The operation that is running, as a part of the current task.
   *
   * @throws {RuntimeError} With `refusal`: there is no task.
   */
  static current(refusal: string): OwnPart {
    const { _task, _driver } = currentScope();
    if (_task === null || _driver === null) throw new RuntimeError(refusal);
    return new OwnPart(_task, _driver);
  }

  /** Counts as a cancellation of the task, until {@link uncancel}. */
  cancel(): void {
    this.task._cancelPart(this.#driver);
  }

  /** As `task.uncancel()`. */
  uncancel(): number {
    const left = this.task.uncancel();
    if (left === 0) this.#driver._withdrawCancel();
    return left;
  }
}
