import { contextOf, givenContext, type Context } from '../context/context.ts';
import { taskCreated, taskEnded } from '../diagnostics/core-channels.ts';
import { describe } from '../error/describe.ts';
import { checkBoolean, checkOptions } from '../error/check-argument.ts';
import { CancelledError, cancelArgs, isExit, RuntimeError } from '../error/errors.ts';
import { cancelThrough } from '../future/cancel-through.ts';
import type { Future } from '../future/future.ts';
import type { LoopOption } from '../future/given-loop.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { describeCoroutine, printTaskStack, taskStack, type StackSink } from './task-stack.ts';
import { Driver } from './driver.ts';
import { claim } from './start-body.ts';
import { isCoroutine, type TaskBody } from './task-body.ts';

/** Options of `createTask` and of the `Task` constructor. */
export interface TaskOptions {
  /** Shown in texts; by default `Task-<n>`. */
  readonly name?: string | number | null | undefined;
  /** The context to run in; by default a copy of the current one. */
  readonly context?: Context | null | undefined;
  /** Runs the body at once up to its first wait, if the loop is running. */
  readonly eagerStart?: boolean | null | undefined;
}

const KNOWN_OPTIONS = new Set(['name', 'context', 'eagerStart', 'loop']);
let created = 0;

/**
 * A coroutine that the loop runs, and the future of its outcome.
 *
 * @see CPython `asyncio.Task`
 */
export class Task<T = unknown> extends Driver<T> {
  #name: string | number;
  readonly #coroutine: TaskBody<T>;
  #cancelRequests: number;
  #abort: AbortController | null;
  /** @internal */
  _previous: Task | null;
  /** @internal */
  _next: Task | null;

  /**
   * @param body - A generator coroutine, or a function that is async or makes one.
   * @throws {TypeError} `body` is something else; a promise has started already, so pass `main`, not
   *   `main()`. Or an option is unknown or of the wrong kind.
   * @throws {RuntimeError} There is no loop, or it is closed, or a task drives `body` already.
   * @throws {SystemExit | KeyboardInterrupt} The eager part of the body threw it.
   */
  constructor(body: TaskBody<T>, options: TaskOptions & LoopOption = {}) {
    checkBody(body);
    if (!isPlain(options)) checkTaskOptions(options);
    super(options.loop ?? getEventLoop(), body, givenContext(options.context));
    const eager = givenFlag(options.eagerStart, 'eagerStart') && this._loop.isRunning();
    claim(body, this);
    this.#coroutine = body;
    this.#name = givenName(options.name) ?? (created += 1);
    this.#cancelRequests = 0;
    this.#abort = null;
    this._previous = null;
    this._next = null;
    if (!eager) this._loop._enqueue(this);
    this._loop._tasks.add(this);
    if (taskCreated.hasSubscribers) taskCreated.publish({ task: this });
    if (eager) this.#startNow();
  }

  #startNow(): void {
    this._step();
    // An exit is for the task, and for who has made it as well.
    const error = this._peekError()?.error;
    if (isExit(error)) throw error;
  }

  /** How many `cancel()` requests have not been undone by `uncancel()`. */
  cancelling(): number {
    return this.#cancelRequests;
  }

  /**
   * Undoes one `cancel()`; at zero a request that was not delivered yet is withdrawn.
   *
   * @returns The requests that are left.
   */
  uncancel(): number {
    if (this.#cancelRequests > 0) {
      this.#cancelRequests -= 1;
      if (this.#cancelRequests === 0) {
        this._withdrawCancel();
        // An aborted signal stays so: the next request needs a new one.
        this.#abort = null;
      }
    }
    return this.#cancelRequests;
  }

  /**
   * Aborted when the task is cancelled: for `fetch` and everything else that takes a signal. It is
   * another one once all requests were undone by {@link uncancel}.
   */
  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#cancelRequests > 0) this.#abort.abort(new CancelledError());
    }
    return this.#abort.signal;
  }

  getName(): string {
    return typeof this.#name === 'number' ? `Task-${this.#name}` : this.#name;
  }

  /** @param name - Converted to a string. */
  setName(name: string | number): void {
    this.#name = String(name);
  }

  /** What the task was made of. */
  getCoro(): TaskBody<T> {
    return this.#coroutine;
  }

  /** The context of all steps of the task. */
  getContext(): Context {
    return contextOf(this);
  }

  /**
   * Where the task waits, or where its error came from, as stack lines, outermost first; empty once
   * it has a result. JavaScript keeps no frames of suspended code, so a waiting task is one line.
   *
   * @param limit - At most so many lines: the innermost of a waiting task, the outermost of a failed one.
   */
  getStack(limit: number | null = null): string[] {
    return taskStack(this, limit);
  }

  /** Writes {@link Task.getStack} under a heading to `sink`, by default to standard error. */
  printStack(limit: number | null = null, sink: StackSink | null = null): void {
    printTaskStack(this, limit, sink);
  }

  /** @throws {RuntimeError} Always: the result is the coroutine's. */
  override setResult(): never {
    throw new RuntimeError('Task does not support set_result operation');
  }

  /** @throws {RuntimeError} Always: the outcome is the coroutine's. */
  override setException(): never {
    throw new RuntimeError('Task does not support set_exception operation');
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }

  /** @internal */
  override get _task(): Task {
    return this;
  }

  /** @internal */
  override _finish(result: unknown): void {
    this._loop._tasks.delete(this);
    super._finish(result);
    if (taskEnded.hasSubscribers) taskEnded.publish({ task: this });
  }

  /** @internal */
  override _fail(error: unknown): void {
    this._loop._tasks.delete(this);
    super._fail(error);
    if (taskEnded.hasSubscribers) taskEnded.publish({ task: this });
  }

  /** @internal */
  override _cancelWith(cause: CancelledError | readonly unknown[]): void {
    this._loop._tasks.delete(this);
    super._cancelWith(cause);
    if (taskEnded.hasSubscribers) taskEnded.publish({ task: this });
  }

  /**
   * As {@link cancel}, but only for what `part` waits for: an operation that belongs to this task.
   * @internal
   */
  _cancelPart(part: Driver<unknown>): void {
    this._noteCancel(undefined);
    cancelThrough(part, undefined);
  }

  /** @internal */
  override _noteCancel(message: unknown): void {
    this.#cancelRequests += 1;
    this.#abort?.abort(new CancelledError(...cancelArgs(message)));
  }

  /** The future that the task waits for now, if it is known. @internal */
  _waitsFor(): Future | null {
    if (this._waiting !== null) return this._waiting;
    for (const future of this._asyncWaits?.futures() ?? []) return future;
    return null;
  }

  /** @internal */
  override _describe(): string[] {
    const [head = 'Task', state = '', ...rest] = super._describe();
    const shown = !this.done() && this.#cancelRequests > 0 ? 'cancelling' : state;
    const waits = this.done() ? null : this._waitsFor();
    const parts = [head, shown, `name='${this.getName()}'`, `coro=<${describeCoroutine(this)}>`];
    if (waits !== null)
      parts.push(`wait_for=<${waits.constructor.name} ${waits._describeState()}>`);
    return [...parts, ...rest];
  }
}

function givenName(name: string | number | null | undefined): string | null {
  return name === undefined || name === null ? null : String(name);
}

/** As `checkOptions`, without its array of keys for every task. */
function checkTaskOptions(options: TaskOptions): void {
  let known = typeof options === 'object' && options !== null;
  for (const key in options) if (!KNOWN_OPTIONS.has(key)) known = false;
  if (!known) checkOptions(options, [...KNOWN_OPTIONS], 'Task');
}

function givenFlag(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  checkBoolean(value, name);
  return value;
}

function checkBody(body: unknown): void {
  if (typeof body === 'function' || isCoroutine(body)) return;
  const hint =
    typeof body === 'object' && body !== null && 'then' in body
      ? ': a promise has started already, so pass the async function itself, `main` and not `main()`'
      : '';
  throw new TypeError(`a coroutine was expected, got ${describe(body)}${hint}`);
}

/** Whether `options` are those that a loop has for tasks without any. */
function isPlain(options: LoopOption | undefined | null): boolean {
  const loop = options?.loop as { readonly _plainTask?: unknown } | undefined | null;
  return loop?._plainTask === options && options !== undefined;
}
