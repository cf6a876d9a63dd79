import { checkCallback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { checkLoop } from '../loop/check-loop.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { Task, type TaskOptions } from './task.ts';
import type { TaskBody } from './task-body.ts';

/**
 * Makes the tasks of a loop, see `loop.setTaskFactory`. `options` holds every option that
 * `createTask` was given, also those that the loop does not know.
 */
export type TaskFactory = (
  loop: EventLoop,
  body: TaskBody<unknown>,
  options: TaskOptions & Record<string, unknown>,
) => Task;

/** One that a caller may leave the options to: then they are all at their defaults. */
type EagerTaskFactory = (
  ...args: [...Parameters<TaskFactory>] | [EventLoop, TaskBody<unknown>]
) => Task;

/** What makes a task, as the `Task` constructor or a subclass's. */
export type TaskConstructor = (
  body: TaskBody<unknown>,
  options: TaskOptions & { readonly loop: EventLoop },
) => Task;

/**
 * Makes a task factory whose tasks start eagerly, unless `eagerStart: false` is asked for.
 *
 * @param ctor - A task class, or a function that makes a task.
 * @see CPython `asyncio.create_eager_task_factory`
 */
export function createEagerTaskFactory(ctor: typeof Task | TaskConstructor): EagerTaskFactory {
  checkCallback(ctor, 'createEagerTaskFactory');
  const make = isTaskClass(ctor)
    ? (body: TaskBody<unknown>, options: TaskOptions & { readonly loop: EventLoop }) =>
        new ctor(body, options)
    : ctor;
  return (loop, body, options = {}) => {
    checkLoop(loop, 'eagerTaskFactory');
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`Expected options to be an object, got ${describe(options)}`);
    }
    return make(body, { ...options, eagerStart: options.eagerStart ?? true, loop });
  };
}

/** The factory for `Task` itself. */
export const eagerTaskFactory: EagerTaskFactory = createEagerTaskFactory(Task);

function isTaskClass(ctor: typeof Task | TaskConstructor): ctor is typeof Task {
  return ctor === Task || ctor.prototype instanceof Task;
}
