import { describe } from '../error/describe.ts';
import { isExit } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { Task } from '../task/task.ts';
import { creationStack } from './debug-mode.ts';
import type { EventLoop } from './event-loop.ts';
import { Handle } from './handle.ts';
import { current, type Scope } from './scope.ts';

/** What is known of an error that nobody handled; further keys are possible. */
export interface ExceptionContext {
  message?: string;
  exception?: unknown;
  future?: Future;
  task?: Task;
  handle?: Handle;
  protocol?: unknown;
  transport?: unknown;
  socket?: unknown;
  asyncgen?: AsyncGenerator;
  source_traceback?: readonly string[];
  handle_traceback?: readonly string[];
  [key: string]: unknown;
}

/** See `loop.setExceptionHandler`. */
export type ExceptionHandler = (loop: EventLoop, context: ExceptionContext) => void;

/** What a callback's error is reported with. */
export function callbackFailure(handle: Handle, exception: unknown): ExceptionContext {
  const text = handle.cancelled() ? handle.toString() : handle._callText();
  const context: ExceptionContext = {
    message: `Exception in callback ${text}`,
    exception,
    handle,
  };
  const stack = creationStack(handle);
  if (stack !== undefined) context.source_traceback = stack;
  return context;
}

/** Calls the handler of `loop`, in the context of the task or handle concerned; nothing but exits escapes. */
export function reportTo(loop: EventLoop, context: ExceptionContext): void {
  checkContext(context);
  const handler = loop.getExceptionHandler();
  if (handler === null) {
    guarded(
      () => loop.defaultExceptionHandler(context),
      (error) => log('Exception in default exception handler', error),
    );
    return;
  }
  guarded(
    () => inScopeOf(context, loop, handler),
    (error) =>
      guarded(
        () =>
          loop.defaultExceptionHandler({
            message: 'Unhandled error in exception handler',
            exception: error,
            context,
          }),
        (second) =>
          log(
            'Exception in default exception handler while handling an unexpected error in custom exception handler',
            second,
          ),
      ),
  );
}

/** Writes one record: the message, then a line per key in sorted order, then the error with its stack. */
export function writeReport(context: ExceptionContext): void {
  checkContext(context);
  const { exception, message, ...rest } = context;
  const lines = [
    message === undefined || message === '' ? 'Unhandled exception in event loop' : message,
  ];
  const running = current.scope;
  if (rest.source_traceback === undefined && running instanceof Handle) {
    const stack = creationStack(running);
    if (stack !== undefined) rest.handle_traceback = stack;
  }
  for (const key of Object.keys(rest).toSorted())
    lines.push(`${key}: ${valueText(key, rest[key])}`);
  if (exception === undefined) log(lines.join('\n'));
  else log(lines.join('\n'), exception);
}

function valueText(key: string, value: unknown): string {
  if (key === 'source_traceback' || key === 'handle_traceback') {
    const what = key === 'source_traceback' ? 'Object' : 'Handle';
    const frames = (value as readonly string[]).map((frame) => `\n  at ${frame}`).join('');
    return `${what} created at (most recent call last):${frames}`;
  }
  // A handler failed: what it was to handle must not be lost with it.
  if (key === 'context' && typeof value === 'object' && value !== null) {
    const { exception, ...rest } = value as ExceptionContext;
    const lines = Object.keys(rest).map((inner) => `${inner}: ${describe(rest[inner])}`);
    if (exception instanceof Error) lines.push(exception.stack ?? describe(exception));
    else if (exception !== undefined) lines.push(`exception: ${describe(exception)}`);
    return lines.map((line) => `\n  ${line.replaceAll('\n', '\n  ')}`).join('');
  }
  return describe(value);
}

function inScopeOf(context: ExceptionContext, loop: EventLoop, handler: ExceptionHandler): void {
  const concerned = context.task ?? context.future ?? context.handle;
  const outer = current.scope;
  if (concerned instanceof Task || concerned instanceof Handle) {
    // A scope of its own: the error's task is not the current one.
    current.scope = {
      _loop: loop,
      _driver: null,
      _task: outer?._task ?? null,
      _context: concerned.getContext(),
    } satisfies Scope;
  }
  try {
    handler(loop, context);
  } finally {
    current.scope = outer;
  }
}

function checkContext(context: unknown): void {
  if (typeof context !== 'object' || context === null) {
    throw new TypeError(`Expected context to be an object, got ${describe(context)}`);
  }
}

function guarded(body: () => void, failed: (error: unknown) => void): void {
  try {
    body();
  } catch (error) {
    if (isExit(error)) throw error;
    failed(error);
  }
}

function log(...parts: readonly unknown[]): void {
  console.error(...parts);
}
