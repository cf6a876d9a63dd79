import { describe } from '../error/describe.ts';
import { creationSite, framesOf } from '../loop/debug-mode.ts';
import type { Task } from './task.ts';

/** Where `printStack` writes lines to. */
export interface StackSink {
  write(text: string): unknown;
}

/** `name() running` or, once it ended, `name() done`, as it stands in a task's text. */
export function describeCoroutine(task: Task): string {
  const state = task.done() ? 'done' : task._started ? 'running' : 'created';
  const site = creationSite(task);
  return `${coroutineName(task)}() ${state}${site === undefined ? '' : ` at ${site}`}`;
}

/** See `Task.getStack`. */
export function taskStack(task: Task, limit: number | null): string[] {
  if (limit !== null && !(Number.isInteger(limit) && limit >= 0)) {
    throw new TypeError(
      `Expected limit to be null or an integer from 0 up, got ${describe(limit)}`,
    );
  }
  if (task.done()) return failureStack(task, limit);
  const waits = task._waitsFor();
  const lines = [
    `${coroutineName(task)}${waits === null ? '' : ` waiting for ${waits.toString()}`}`,
  ];
  return limit === 0 ? [] : lines;
}

/** See `Task.printStack`. */
export function printTaskStack(task: Task, limit: number | null, sink: StackSink | null): void {
  if (sink !== null && typeof sink?.write !== 'function') {
    throw new TypeError(
      `Expected sink to be null or to have a write() method, got ${describe(sink)}`,
    );
  }
  const lines = taskStack(task, limit);
  const failed = task.done() && lines.length > 0;
  const heading =
    lines.length === 0
      ? `No stack for ${task.toString()}`
      : `${failed ? 'Traceback' : 'Stack'} for ${task.toString()} (most recent call last):`;
  const text = [heading, ...lines.map((line) => `  ${line}`)].join('\n');
  if (sink === null) console.error(text);
  else sink.write(`${text}\n`);
}

function failureStack(task: Task, limit: number | null): string[] {
  if (task.cancelled()) return [];
  const error = task._peekError()?.error;
  if (!(error instanceof Error)) return [];
  const lines = framesOf(error.stack ?? '');
  return limit === null ? lines : lines.slice(0, limit);
}

function coroutineName(task: Task): string {
  const body = task.getCoro();
  if (typeof body === 'function') return body.name || 'anonymous';
  return 'coroutine';
}
