import type { Context } from '../context/context.ts';
import { NotImplementedError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import type { TaskFactory } from '../task/eager-task.ts';
import type { TaskBody } from '../task/task-body.ts';
import type { Task, TaskOptions } from '../task/task.ts';
import type { Handle, TimerHandle } from './handle.ts';
import type { ExceptionContext, ExceptionHandler } from './exception-handler.ts';

/** In what context a callback runs: the first argument of the callback methods, where it is wanted. */
export interface CallbackOptions {
  /** The very context to run in; without it a copy of the current one. */
  readonly context?: Context | null | undefined;
}

/**
 * What every loop has: the base of ours, and of anybody's own.
 *
 * Each method throws `NotImplementedError` here; those that the reference declares `async` reject.
 * The packages add the methods of their own topics.
 *
 * @see CPython `asyncio.AbstractEventLoop`
 */
export abstract class AbstractEventLoop implements Disposable {
  /**
   * Runs until `future` is done, and gives its result. A body becomes a task first.
   *
   * Rejects with the future's own error; `RuntimeError` if `stop()` came first, if this loop runs
   * already, or if it is called from inside another loop; `TypeError` for what cannot be awaited.
   */
  runUntilComplete<T>(_future: Future<T> | PromiseLike<T> | TaskBody<T>): Promise<T> {
    return rejected('runUntilComplete');
  }

  /** Runs until `stop()` is called, though nothing may be left to do; rejects as {@link runUntilComplete}. */
  runForever(): Promise<void> {
    return rejected('runForever');
  }

  /** Ends the run after the present batch of callbacks; a run that has not begun does one iteration. */
  stop(): void {
    missing('stop');
  }

  isRunning(): boolean {
    return missing('isRunning');
  }

  isClosed(): boolean {
    return missing('isClosed');
  }

  /**
   * Drops what is scheduled, and frees all that the loop holds; a second time does nothing.
   *
   * @throws {RuntimeError} The loop is running.
   */
  close(): void {
    missing('close');
  }

  /**
   * Closes the loop at the end of a `using` block. It is here because TypeScript 7 may lose members
   * with computed names of a class that packages add methods to, as they do to `EventLoop`.
   */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes every async generator that was first iterated under this loop and is still open. */
  shutdownAsyncgens(): Future<void> {
    return rejected('shutdownAsyncgens') as unknown as Future<void>;
  }

  /**
   * Waits until the default executor has finished its jobs.
   *
   * @param _timeout - Seconds, after which it warns and goes on; `null` for no limit.
   */
  shutdownDefaultExecutor(_timeout?: number | null): Future<void> {
    return rejected('shutdownDefaultExecutor') as unknown as Future<void>;
  }

  /**
   * Schedules `callback(...args)` for the next iteration. Callbacks run in the order in which they
   * were scheduled, each once.
   *
   * @throws {RuntimeError} The loop is closed.
   */
  callSoon<A extends readonly unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle;
  callSoon<A extends readonly unknown[]>(
    options: CallbackOptions,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  callSoon(..._args: readonly unknown[]): Handle {
    return missing('callSoon');
  }

  /** As {@link callSoon}, from anywhere on the loop's thread: signal handlers and foreign callbacks too. */
  callSoonThreadsafe<A extends readonly unknown[]>(
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  callSoonThreadsafe<A extends readonly unknown[]>(
    options: CallbackOptions,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  callSoonThreadsafe(..._args: readonly unknown[]): Handle {
    return missing('callSoonThreadsafe');
  }

  /**
   * Schedules `callback(...args)` to run once, `delay` seconds from now.
   *
   * @param delay - Seconds; fractions count, and a negative delay is due at once.
   * @throws {TypeError} `delay` is no number.
   * @throws {RuntimeError} The loop is closed.
   */
  callLater<A extends readonly unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  callLater<A extends readonly unknown[]>(
    options: CallbackOptions,
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  callLater(..._args: readonly unknown[]): TimerHandle {
    return missing('callLater');
  }

  /** As {@link callLater}, at an absolute `when` on the clock of {@link time}. */
  callAt<A extends readonly unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  callAt<A extends readonly unknown[]>(
    options: CallbackOptions,
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  callAt(..._args: readonly unknown[]): TimerHandle {
    return missing('callAt');
  }

  /** Seconds on the loop's monotonic clock; the origin is arbitrary. */
  time(): number {
    return missing('time');
  }

  /** A pending future of this loop. */
  createFuture<T = unknown>(): Future<T> {
    return missing('createFuture');
  }

  /**
   * Makes a task of `body`, which starts in the next iteration. All options go to the task factory,
   * also ones that the loop does not know.
   *
   * @throws {TypeError} `body` is no coroutine and no function.
   * @throws {RuntimeError} The loop is closed.
   */
  createTask<T>(_body: TaskBody<T>, _options?: TaskOptions & Record<string, unknown>): Task<T> {
    return missing('createTask');
  }

  /**
   * Has `createTask` make its tasks by `factory`; `null` restores the default.
   *
   * @throws {TypeError} `factory` is neither.
   */
  setTaskFactory(_factory: TaskFactory | null): void {
    missing('setTaskFactory');
  }

  getTaskFactory(): TaskFactory | null {
    return missing('getTaskFactory');
  }

  /**
   * Has errors that nobody else handles go to `handler(loop, context)`; `null` restores the default.
   *
   * @throws {TypeError} `handler` is neither.
   */
  setExceptionHandler(_handler: ExceptionHandler | null): void {
    missing('setExceptionHandler');
  }

  getExceptionHandler(): ExceptionHandler | null {
    return missing('getExceptionHandler');
  }

  /** What runs without a handler of one's own: writes one record to standard error. */
  defaultExceptionHandler(_context: ExceptionContext): void {
    missing('defaultExceptionHandler');
  }

  /**
   * Hands `context` to the present handler.
   *
   * @throws {TypeError} `context` is no object.
   */
  callExceptionHandler(_context: ExceptionContext): void {
    missing('callExceptionHandler');
  }

  getDebug(): boolean {
    return missing('getDebug');
  }

  setDebug(_enabled: boolean): void {
    missing('setDebug');
  }
}

function missing(method: string): never {
  throw new NotImplementedError(`This loop does not implement ${method}()`);
}

function rejected(method: string): Promise<never> {
  return Promise.reject(new NotImplementedError(`This loop does not implement ${method}()`));
}
