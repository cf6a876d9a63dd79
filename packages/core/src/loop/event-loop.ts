import { snapshot, type Context } from '../context/context.ts';
import { checkBoolean, checkNumber, checkOptions, type Callback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { isExit, RuntimeError } from '../error/errors.ts';
import { attachExtensions, closeExtensions, shutDownExecutor } from '../extension/registry.ts';
import { Future } from '../future/future.ts';
import type { UnretrievedError } from '../future/unretrieved-error.ts';
import { defaultHost } from '../host/default-host.ts';
import type { Ambient, Host } from '../host/host.ts';
import { AsyncGenerators } from '../task/async-generators.ts';
import type { TaskFactory } from '../task/eager-task.ts';
import { TaskList } from '../task/task-list.ts';
import { Task, type TaskOptions } from '../task/task.ts';
import { isCoroutine, isCoroutineFunction, type TaskBody } from '../task/task-body.ts';
import { checkPublished, SharedLoop, type Published } from '../threads/loop-ref.ts';
import type { LoopRef } from '../threads/wire.ts';
import { AbstractEventLoop, type CallbackOptions } from './abstract-event-loop.ts';
import { takeCallback, takeContext } from './callback-arguments.ts';
import { debugLog } from './debug-log.ts';
import { recordCreation } from './debug-mode.ts';
import {
  callbackFailure,
  reportTo,
  writeReport,
  type ExceptionContext,
  type ExceptionHandler,
} from './exception-handler.ts';
import { Handle, TimerHandle, type Runnable } from './handle.ts';
import { Pump } from './pump.ts';
import { ReadyQueue } from './ready-queue.ts';
import { runUntilComplete } from './run-until-complete.ts';
import { provideLoop, runningLoop } from './running-loop.ts';
import { currentAmbient, currentScope } from './scope.ts';
import { areCallbacksObserved, runObserved } from '../diagnostics/core-channels.ts';
import { runToEnd } from './run-to-end.ts';
import { runTimed } from './slow-callbacks.ts';
import { TimerHeap } from './timer-heap.ts';

export type { ExceptionContext, ExceptionHandler } from './exception-handler.ts';

/** Options of a new loop. */
export interface EventLoopOptions {
  /** The runtime that the loop is a guest on; by default the one that is found. */
  readonly host?: Host | undefined;
  /** Debug mode; by default on if `LOOP_DEBUG` is set in the environment, and not empty. */
  readonly debug?: boolean | undefined;
}

/**
 * The event loop: schedules callbacks, timers and tasks on one thread, as a guest of the runtime.
 *
 * Packages add methods to it when they are imported, and so can anybody's: see `registerExtension`.
 *
 * @see CPython `asyncio.BaseEventLoop`
 */
export class EventLoop extends AbstractEventLoop {
  #slowCallbackDuration = 0.1;

  /** @internal */
  readonly _host: Host;
  /** @internal */
  readonly _tasks = new TaskList();
  /** @internal */
  readonly _unretrieved = new Set<UnretrievedError>();
  /**
   * The options of a task that was given none: one object for all of them, which needs no check.
   * @internal
   */
  readonly _plainTask: { readonly loop: EventLoop } = { loop: this };
  /**
   * What hears of the end of the loop.
   * @internal
   */
  readonly _closing = new Set<() => void>();
  /**
   * What goes on within the present batch.
   * @internal
   */
  readonly _continuations = new ReadyQueue();
  /**
   * A handle of the present batch is running, or its microtasks are.
   * @internal
   */
  _inBatch = false;
  /**
   * A handle has made microtasks that belong to it.
   * @internal
   */
  _microtasksQueued = false;
  /** @internal */
  _stopping = false;
  /**
   * The exit that ends the run.
   * @internal
   */
  _exiting: { readonly error: unknown } | null = null;

  readonly #ready = new ReadyQueue();
  readonly #timers = new TimerHeap();
  readonly #asyncgens = new AsyncGenerators(this);
  readonly #pump: Pump;
  #running = false;
  #closed = false;
  #observed = false;
  #debug = false;
  // Whether scheduling has more to do than to queue: idle, closed or in debug mode.
  #attention = false;
  #taskFactory: TaskFactory | null = null;
  #exceptionHandler: ExceptionHandler | null = null;
  readonly #published = new Map<string, Published>();
  #shared: SharedLoop | null = null;

  constructor(options: EventLoopOptions = {}) {
    super();
    checkOptions(options, ['host', 'debug'], 'EventLoop');
    this._host = options.host ?? defaultHost();
    if (typeof this._host.macrotask !== 'function') {
      throw new TypeError(`Expected host to be a Host, got ${describe(this._host)}`);
    }
    this.#pump = new Pump(this, this.#ready, this.#timers);
    const debug = options.debug ?? (this._host.env('LOOP_DEBUG') ?? '') !== '';
    checkBoolean(debug, 'debug');
    this.setDebug(debug);
    attachExtensions(this);
  }

  // Running and stopping

  override runUntilComplete<T>(future: Future<T> | PromiseLike<T> | TaskBody<T>): Promise<T> {
    return runUntilComplete(this, future);
  }

  override runForever(): Promise<void> {
    try {
      this._checkRunnable();
    } catch (error) {
      return Promise.reject(error);
    }
    this.#running = true;
    this.#asyncgens.watch();
    return new Promise((resolve, reject) => {
      this.#pump.start((exit) => {
        this.#running = false;
        this._stopping = false;
        this._exiting = null;
        this.#asyncgens.unwatch();
        if (exit === null) resolve();
        else reject(exit.error);
      });
    });
  }

  override stop(): void {
    this._stopping = true;
    this.#pump.wake();
  }

  override isRunning(): boolean {
    return this.#running;
  }

  override isClosed(): boolean {
    return this.#closed;
  }

  override close(): void {
    if (this.#running) throw new RuntimeError('Cannot close a running event loop');
    if (this.#closed) return;
    debugLog(this, `Close ${this.toString()}`);
    this.#closed = true;
    this._attend();
    this._continuations.clear();
    this.#ready.clear();
    this.#timers.clear();
    try {
      for (const closed of this._closing) closed();
      this.#shared?.close();
      closeExtensions(this);
    } finally {
      this.#reportLeftovers();
      this.#pump.closePoller();
    }
  }

  override shutdownAsyncgens(): Future<void> {
    return this.#asyncgens.shutdown();
  }

  override shutdownDefaultExecutor(timeout: number | null = null): Future<void> {
    return shutDownExecutor(this, timeout);
  }

  // Callbacks

  override callSoon<A extends readonly unknown[]>(
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  override callSoon<A extends readonly unknown[]>(
    options: CallbackOptions,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  override callSoon(first: unknown, ...rest: readonly unknown[]): Handle {
    if (typeof first === 'function') {
      const context = snapshot(currentScope()._context);
      // Two calls: in one, `rest` would be made into an array even where it is empty.
      return rest.length === 0
        ? this.#soon(first as Callback, NO_ARGUMENTS, context, 'callSoon')
        : this.#soon(first as Callback, rest, context, 'callSoon');
    }
    return this.#soonOf([first, ...rest], 'callSoon');
  }

  override callSoonThreadsafe<A extends readonly unknown[]>(
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  override callSoonThreadsafe<A extends readonly unknown[]>(
    options: CallbackOptions,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle;
  override callSoonThreadsafe(...args: unknown[]): Handle {
    return this.#soonOf(args, 'callSoonThreadsafe');
  }

  override callLater<A extends readonly unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  override callLater<A extends readonly unknown[]>(
    options: CallbackOptions,
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  override callLater(first: unknown, second?: unknown, ...rest: unknown[]): TimerHandle {
    if (typeof first === 'number' && typeof second === 'function' && !Number.isNaN(first)) {
      const context = snapshot(currentScope()._context);
      const when = this.time() + first;
      const callback = second as Callback;
      // Two calls: in one, `rest` would be made into an array even where it is empty.
      return rest.length === 0
        ? this.#at(when, callback, NO_ARGUMENTS, context)
        : this.#at(when, callback, rest, context);
    }
    return this.#laterOf([first, second, ...rest]);
  }

  override callAt<A extends readonly unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  override callAt<A extends readonly unknown[]>(
    options: CallbackOptions,
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle;
  override callAt(...args: unknown[]): TimerHandle {
    const context = takeContext(args, 'callAt');
    const when = args.shift();
    if (when === null || when === undefined) throw new TypeError('when cannot be None');
    checkNumber(when, 'when');
    return this.#at(when, takeCallback(args, 'callAt'), args, context);
  }

  override time(): number {
    return this._host.now();
  }

  // Other threads

  /**
   * Lets other threads call `fn` by `name`, see {@link share}. A function under the same name is replaced.
   *
   * @throws {TypeError} `name` is no string, or `fn` cannot be called.
   */
  publish(name: string, fn: Published): void {
    checkPublished(name, fn);
    this.#published.set(name, fn);
  }

  /**
   * A reference that can be posted to any number of workers, where `attachLoop` makes a loop of it
   * that has `callSoonThreadsafe` and `runCoroutineThreadsafe` for what is published.
   *
   * @throws {RuntimeError} The loop is closed.
   */
  share(): LoopRef {
    this._checkClosed();
    this.#shared ??= new SharedLoop(this, this.#published);
    return this.#shared.ref;
  }

  // Futures and tasks

  override createFuture<T = unknown>(): Future<T> {
    return new Future<T>({ loop: this });
  }

  override createTask<T>(
    body: TaskBody<T>,
    options: TaskOptions & Record<string, unknown> = NO_OPTIONS,
  ): Task<T> {
    this._checkClosed();
    if (options === NO_OPTIONS && this.#taskFactory === null) {
      return new Task<T>(body, this._plainTask);
    }
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`Expected options to be an object, got ${describe(options)}`);
    }
    if (this.#taskFactory !== null) {
      const given = options === NO_OPTIONS ? {} : options;
      return this.#taskFactory(this, body, given) as Task<T>;
    }
    return new Task<T>(body, { ...options, loop: this });
  }

  override setTaskFactory(factory: TaskFactory | null): void {
    if (factory !== null && typeof factory !== 'function') {
      throw new TypeError(`task factory must be a callable or None, got ${describe(factory)}`);
    }
    this.#taskFactory = factory;
  }

  override getTaskFactory(): TaskFactory | null {
    return this.#taskFactory;
  }

  // Errors

  override setExceptionHandler(handler: ExceptionHandler | null): void {
    if (handler !== null && typeof handler !== 'function') {
      throw new TypeError(`A callable object or None is expected, got ${describe(handler)}`);
    }
    this.#exceptionHandler = handler;
  }

  override getExceptionHandler(): ExceptionHandler | null {
    return this.#exceptionHandler;
  }

  override defaultExceptionHandler(context: ExceptionContext): void {
    writeReport(context);
  }

  override callExceptionHandler(context: ExceptionContext): void {
    reportTo(this, context);
  }

  // Debug mode

  override getDebug(): boolean {
    return this.#debug;
  }

  override setDebug(enabled: boolean): void {
    checkBoolean(enabled, 'enabled');
    this.#debug = enabled;
    this.#chooseRunner();
    this._attend();
  }

  /**
   * In debug mode a callback or step that takes at least so many seconds is reported.
   *
   * @throws {TypeError} What is assigned is no number, or is NaN.
   */
  get slowCallbackDuration(): number {
    return this.#slowCallbackDuration;
  }

  set slowCallbackDuration(seconds: number) {
    checkNumber(seconds, 'slowCallbackDuration');
    this.#slowCallbackDuration = seconds;
  }

  /** In the reference's form: `<EventLoop running=false closed=false debug=false>`. */
  override toString(): string {
    return `<${this.constructor.name} running=${this.#running} closed=${this.#closed} debug=${this.#debug}>`;
  }

  // For the parts of the loop

  /** Runs one entry of the ready queue. @internal */
  _runHandle: (this: EventLoop, runnable: Runnable) => void = runHandle;

  /** Looks whether callbacks are observed, which may have changed since the last batch. @internal */
  _lookForObservers(): void {
    if (areCallbacksObserved() === this.#observed) return;
    this.#observed = !this.#observed;
    this.#chooseRunner();
  }

  #chooseRunner(): void {
    const plain = this.#debug ? runHandleTimed : runHandle;
    const toEnd = this.#debug ? runTimed : runToEnd;
    this._runHandle = this.#observed ? (handle) => runObserved(this, handle, toEnd) : plain;
  }

  /** Queues `runnable` for the next iteration. @internal */
  _enqueue(runnable: Runnable): void {
    if (this.#closed) this._checkClosed();
    this.#ready.push(runnable);
    if (this.#pump.idle) this.#pump.wake();
  }

  /**
   * Has `runnable` go on in the present batch, before anything else: it waited for an operation
   * that has ended, which is a part of the same step.
   * @internal
   */
  _continue(runnable: Runnable): void {
    if (this._inBatch) this._continuations.push(runnable);
    else this._enqueue(runnable);
  }

  /** `callSoon` in a context that the caller gives away. @internal */
  _callSoonIn(
    context: Context | null,
    ambient: Ambient | null,
    callback: (...args: never[]) => unknown,
    ...args: readonly unknown[]
  ): Handle {
    return this.#soon(callback, args, context, 'callSoon', ambient);
  }

  /** @internal */
  _timerCancelled(timer: TimerHandle): void {
    this.#timers.remove(timer);
  }

  /** @internal */
  _attend(): void {
    this.#attention = this.#closed || this.#debug || this.#pump.idle;
  }

  /** Ends the run with `error`, a `SystemExit` or `KeyboardInterrupt`. @internal */
  _exit(error: unknown): void {
    if (!this.#running) return;
    this._exiting ??= { error };
    // It may come from a foreign promise, while the loop is idle.
    this.#pump.wake();
  }

  /** A callback threw. @internal */
  _callbackFailed(handle: Handle, error: unknown): void {
    if (isExit(error)) this._exit(error);
    else this._guardExit(() => this.callExceptionHandler(callbackFailure(handle, error)));
  }

  /** Lets exits that `body` throws end the run. @internal */
  _guardExit(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!isExit(error)) throw error;
      this._exit(error);
    }
  }

  /** @internal */
  _checkClosed(): void {
    if (this.#closed) throw new RuntimeError('Event loop is closed');
  }

  /** @internal */
  get _pump(): Pump {
    return this.#pump;
  }

  /** @throws {RuntimeError} The loop is closed or runs, or another one runs the calling code. @internal */
  _checkRunnable(): void {
    this._checkClosed();
    if (this.#running) throw new RuntimeError('This event loop is already running');
    if (runningLoop() !== null) {
      throw new RuntimeError('Cannot run the event loop while another loop is running');
    }
  }

  #soonOf(args: unknown[], method: string): Handle {
    const context = takeContext(args, method);
    return this.#soon(takeCallback(args, method), args, context, method);
  }

  #laterOf(args: unknown[]): TimerHandle {
    const context = takeContext(args, 'callLater');
    const delay = args.shift();
    if (delay === null || delay === undefined) throw new TypeError('delay must not be None');
    checkNumber(delay, 'delay');
    const callback = takeCallback(args, 'callLater');
    return this.#at(this.time() + delay, callback, args, context);
  }

  #soon(
    callback: Callback,
    args: readonly unknown[],
    context: Context | null,
    method: string,
    ambient: Ambient | null = currentAmbient(),
  ): Handle {
    const own = args.length === 0 ? NO_ARGUMENTS : args;
    const handle = new Handle(this, callback, own, context, ambient);
    if (this.#attention) this.#attendTo(handle, callback, method);
    this.#ready.push(handle);
    return handle;
  }

  #at(
    when: number,
    callback: Callback,
    args: readonly unknown[],
    context: Context | null,
  ): TimerHandle {
    const own = args.length === 0 ? NO_ARGUMENTS : args;
    const timer = new TimerHandle(this, when, callback, own, context, currentAmbient());
    // As in the reference, where callLater() goes by callAt() and is refused in its name.
    if (this.#attention) this.#attendTo(timer, callback, 'callAt');
    this.#timers.push(timer, when);
    return timer;
  }

  #attendTo(handle: Handle, callback: unknown, method: string): void {
    this._checkClosed();
    if (this.#debug) {
      if (isCoroutineFunction(callback) || isCoroutine(callback)) {
        throw new TypeError(`coroutines cannot be used with ${method}()`);
      }
      recordCreation(handle);
    }
    if (this.#pump.idle) this.#pump.wake();
  }

  /** What was lost with the loop. */
  #reportLeftovers(): void {
    for (const error of this._unretrieved) error.report();
    for (const task of this._tasks) {
      if (task._started) {
        this.callExceptionHandler({ message: 'Task was destroyed but it is pending!', task });
      }
    }
  }
}

const NO_OPTIONS = {};

// Most callbacks have none: one array for all of them, for the collector's sake.
const NO_ARGUMENTS: readonly unknown[] = [];

provideLoop(() => new EventLoop());

function runHandle(this: EventLoop, runnable: Runnable): void {
  runnable._run();
}

function runHandleTimed(this: EventLoop, runnable: Runnable): void {
  runTimed(this, runnable);
}
