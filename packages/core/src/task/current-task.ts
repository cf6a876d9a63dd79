import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { current, currentScope } from '../loop/scope.ts';
import type { Task } from './task.ts';

/**
 * The task whose step is running, or `null` in a plain callback.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop was given and none is running.
 * @see CPython `asyncio.current_task`
 */
export function currentTask(loop?: AbstractEventLoop | null): Task | null {
  const of = loop ?? getRunningLoop();
  const { _loop, _task } = currentScope();
  return _loop === of && of.isRunning() ? _task : null;
}

/**
 * The unfinished tasks of a loop.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop was given and none is running.
 * @see CPython `asyncio.all_tasks`
 */
export function allTasks(loop?: AbstractEventLoop | null): Set<Task> {
  return new Set(((loop ?? getRunningLoop()) as EventLoop)._tasks);
}

/**
 * Makes `task` current on `loop`, for authors of their own kind of task; {@link leaveTask} ends it.
 *
 * @throws {RuntimeError} Another task is current.
 */
export function enterTask(loop: EventLoop, task: Task): void {
  const present = currentScope()._task;
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
export function leaveTask(_loop: EventLoop, task: Task): void {
  const present = currentScope()._task;
  if (present !== task || !entered.has(task)) {
    throw new RuntimeError(
      `Leaving task ${task.toString()} does not match the current task ${describe(present)}.`,
    );
  }
  current.scope = entered.get(task) ?? null;
  entered.delete(task);
}

const entered = new WeakMap<Task, typeof current.scope>();
