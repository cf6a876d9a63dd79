import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { givenLoop } from '../future/given-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { current, currentScope } from '../loop/scope.ts';
import { Task } from './task.ts';

/**
 * The task whose step is running, or `null` in a plain callback.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop was given and none is running.
 * @see CPython `asyncio.current_task`
 */
export function currentTask(loop?: AbstractEventLoop | null): Task | null {
  const of = givenLoop({ loop }, 'currentTask') ?? getRunningLoop();
  return of.isRunning() ? currentTaskOf(of) : null;
}

/**
 * The unfinished tasks of a loop.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop was given and none is running.
 * @see CPython `asyncio.all_tasks`
 */
export function allTasks(loop?: AbstractEventLoop | null): Set<Task> {
  const of = givenLoop({ loop }, 'allTasks') ?? getRunningLoop();
  return new Set((of as EventLoop)._tasks);
}

/**
 * Makes `task` current on `loop`, for authors of their own kind of task; {@link leaveTask} ends it.
 *
 * @throws {RuntimeError} Another task of that loop is current.
 */
export function enterTask(loop: EventLoop, task: Task): void {
  checkTask(loop, task, 'enterTask');
  const present = currentTaskOf(loop);
  if (present !== null) {
    throw new RuntimeError(
      `Cannot enter into task ${task.toString()} while another task ${present.toString()} is being executed.`,
    );
  }
  entered.set(task, current.scope);
  current.scope = { _loop: loop, _driver: null, _task: task, _context: task._context };
}

/**
 * Ends what {@link enterTask} began.
 *
 * @throws {RuntimeError} `task` is not the current one.
 */
export function leaveTask(loop: EventLoop, task: Task): void {
  checkTask(loop, task, 'leaveTask');
  const present = currentTaskOf(loop);
  if (present !== task || !entered.has(task)) {
    throw new RuntimeError(
      `Leaving task ${task.toString()} does not match the current task ${describe(present)}.`,
    );
  }
  current.scope = entered.get(task) ?? null;
  entered.delete(task);
}

const entered = new WeakMap<Task, typeof current.scope>();

function currentTaskOf(loop: AbstractEventLoop): Task | null {
  const { _loop, _task } = currentScope();
  return _loop === loop ? _task : null;
}

function checkTask(loop: unknown, task: unknown, method: string): void {
  givenLoop({ loop: loop as EventLoop }, method);
  if (!(task instanceof Task)) {
    throw new TypeError(`Expected task to be a Task, got ${describe(task)}`);
  }
}
