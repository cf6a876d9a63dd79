import type { EventLoop } from '../loop/event-loop.ts';
import { ended } from '../task/ended.ts';

/** Cancels every task of a loop that is not running, waits for their ends, and reports their errors. */
export async function cancelAllTasks(loop: EventLoop): Promise<void> {
  const tasks = [...loop._tasks];
  if (tasks.length === 0) return;
  for (const task of tasks) task.cancel();
  await loop.runUntilComplete(function* () {
    for (const task of tasks) yield* ended(task);
  });
  for (const task of tasks) {
    if (task.cancelled()) continue;
    const exception = task.exception();
    if (exception === null) continue;
    loop.callExceptionHandler({
      message: 'unhandled exception during run() shutdown',
      exception,
      task,
    });
  }
}
