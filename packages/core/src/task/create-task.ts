import { getRunningLoop } from '../loop/running-loop.ts';
import type { TaskBody } from './task-body.ts';
import type { Task, TaskOptions } from './task.ts';

/**
 * `createTask` of the running loop.
 *
 * @throws {RuntimeError} No loop is running.
 * @see CPython `asyncio.create_task`
 */
export function createTask<T>(
  body: TaskBody<T>,
  options?: TaskOptions & Record<string, unknown>,
): Task<T> {
  return getRunningLoop().createTask(body, options);
}
