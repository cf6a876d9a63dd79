import {
  allTasks,
  currentTask,
  operation,
  TimeoutError,
  type Coroutine,
  type Future,
  type Task,
} from '@loop/core';
import { checkOptions, describe } from '@loop/core/errors';

/** Options of {@link shutdownTasks}. */
export interface ShutdownOptions {
  /** Seconds that the tasks have to end in. */
  readonly deadline: number;
  /** Tasks to leave alone; the calling one always is. */
  readonly except?: Iterable<Task> | undefined;
  /** Given to `task.cancel()`. */
  readonly message?: unknown;
}

/**
 * Cancels the other tasks of the running loop and waits until they have ended: the heart of a
 * shutdown on SIGTERM.
 *
 * Rejects with `TimeoutError` if some would not end before the deadline; its message names them.
 * Errors that the tasks end with are left for whoever awaits them.
 */
export function shutdownTasks(options: ShutdownOptions): Future<void> {
  return operation(() => cancelAndWait(options));
}

function* cancelAndWait(options: ShutdownOptions): Coroutine<void> {
  checkOptions(options, ['deadline', 'except', 'message'], 'shutdownTasks');
  const { deadline, except = [], message } = options;
  if (typeof deadline !== 'number' || !(deadline >= 0)) {
    throw new TypeError(`Expected deadline to be 0 or more seconds, got ${describe(deadline)}`);
  }
  if (typeof (except as Partial<typeof except>)[Symbol.iterator] !== 'function') {
    throw new TypeError(`Expected except to hold tasks, got ${describe(except)}`);
  }
  const spared = new Set<Task | null>([...except, currentTask()]);
  const tasks = [...allTasks()].filter((task) => !spared.has(task));
  if (tasks.length === 0) return;
  for (const task of tasks) task.cancel(message);
  const late = yield* waitUntil(tasks, deadline);
  if (late.length === 0) return;
  throw new TimeoutError(
    `${late.length} of ${tasks.length} tasks did not end within ${deadline} seconds: ${late.map((task) => task.getName()).join(', ')}`,
  );
}

/** Waits for all tasks, or until the deadline, and gives those that are left. */
function* waitUntil(tasks: readonly Task[], deadline: number): Coroutine<readonly Task[]> {
  const loop = (tasks[0] as Task).getLoop();
  const over = loop.createFuture<void>();
  const finish = (): void => {
    if (!over.done()) over.setResult();
  };
  const check = (): void => {
    if (tasks.every((task) => task.done())) finish();
  };
  for (const task of tasks) task.addDoneCallback(check);
  const timer = loop.callLater(deadline, finish);
  try {
    yield* over;
  } finally {
    timer.cancel();
    for (const task of tasks) task.removeDoneCallback(check);
  }
  return tasks.filter((task) => !task.done());
}
