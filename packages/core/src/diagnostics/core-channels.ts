import type { EventLoop } from '../loop/event-loop.ts';
import type { Runnable } from '../loop/handle.ts';
import type { Task } from '../task/task.ts';
import { diagnosticsChannel } from './channel.ts';

/** What is told about a task. */
export interface TaskMessage {
  readonly task: Task;
}

/** What is told about a callback, or the step of a task: `String(handle)` says which. */
export interface CallbackMessage {
  readonly handle: object;
  readonly loop: EventLoop;
}

export const taskCreated = diagnosticsChannel<TaskMessage>('loop:task:create');
export const taskEnded = diagnosticsChannel<TaskMessage>('loop:task:end');
const callbackStarted = diagnosticsChannel<CallbackMessage>('loop:callback:start');
const callbackEnded = diagnosticsChannel<CallbackMessage>('loop:callback:end');

/** Whether anybody wants to hear of callbacks. */
export function areCallbacksObserved(): boolean {
  return callbackStarted.hasSubscribers || callbackEnded.hasSubscribers;
}

/** Runs an entry of the ready queue by `run`, and tells of it. */
export function runObserved(
  loop: EventLoop,
  handle: Runnable,
  run: (loop: EventLoop, handle: Runnable) => void,
): void {
  const message = { handle, loop };
  if (callbackStarted.hasSubscribers) callbackStarted.publish(message);
  run(loop, handle);
  if (callbackEnded.hasSubscribers) callbackEnded.publish(message);
}
