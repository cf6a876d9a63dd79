import { contextOf, type Context } from '../context/context.ts';
import type { Callback } from '../error/check-argument.ts';
import { describe, describeCall } from '../error/describe.ts';
import type { Driver } from '../task/driver.ts';
import type { Task } from '../task/task.ts';
import { isAsyncFunction } from '../task/task-body.ts';
import { checkHandle } from './check-handle.ts';
import { creationSite, keptText, keepText } from './debug-mode.ts';
import type { EventLoop } from './event-loop.ts';
import type { Ambient } from '../host/host.ts';
import { current, currentAmbient, type Scope } from './scope.ts';

/** What the ready queue holds: handles, and tasks that are due for a step. */
export interface Runnable {
  /**
   * Runs once, and reports what it throws to the loop: only the loop calls it.
   * @internal
   */
  _run(): void;
  /**
   * How it stands in the report of a slow one: the handle, or the task whose step it is.
   * @internal
   */
  _runText(): string;
}

/**
 * A callback that was scheduled, and the scope that it runs in.
 *
 * @see CPython `asyncio.Handle`
 */
export class Handle implements Runnable, Scope {
  /** @internal */
  readonly _loop: EventLoop;
  /**
   * `null` once it is cancelled.
   * @internal
   */
  _callback: Callback | null;
  /** @internal */
  _args: readonly unknown[] | null;
  /** @internal */
  _context: Context | null;
  /** @internal */
  readonly _ambient: Ambient | null;

  /**
   * The loop passes all five, and has tested them; what is made by hand with less is tested here.
   * @internal
   */
  constructor(
    loop: EventLoop,
    callback: Callback,
    args: readonly unknown[],
    context: Context | null,
    ambient: Ambient | null = ambientOfChecked(loop, callback, args, context, 0),
  ) {
    this._loop = loop;
    this._callback = callback;
    this._args = args;
    this._context = context;
    this._ambient = ambient;
  }

  /** The context that the callback runs in. */
  getContext(): Context {
    return contextOf(this);
  }

  /** The callback will not run; without effect once it has, or a second time. */
  cancel(): void {
    if (this._callback === null) return;
    if (this._loop.getDebug()) keepText(this, describeCallback(this));
    this._callback = null;
    this._args = null;
  }

  /** Whether {@link Handle.cancel} was called. */
  cancelled(): boolean {
    return this._callback === null;
  }

  toString(): string {
    const parts = [this.constructor.name];
    if (this.cancelled()) parts.push('cancelled');
    this._describeTime(parts);
    const callback = this.cancelled() ? keptText(this) : describeCallback(this);
    if (callback !== undefined) parts.push(callback);
    return `<${parts.join(' ')}>`;
  }

  /**
   * The callback as it stands in messages: `name()`, in debug mode with its arguments.
   * @internal
   */
  _callText(): string {
    return describeCall(this._callback, this._args, this._loop.getDebug());
  }

  /** @internal */
  _describeTime(_parts: string[]): void {}

  /** @internal */
  get _driver(): Driver<unknown> | null {
    return null;
  }

  /** @internal */
  get _task(): Task | null {
    return null;
  }

  /** @internal */
  _runText(): string {
    return this.toString();
  }

  /** @internal */
  _run(): void {
    if (this._ambient === null) this._call();
    else this._ambient.runInAsyncScope(() => this._call());
  }

  /** @internal */
  _call(): void {
    const callback = this._callback as ((...args: readonly unknown[]) => unknown) | null;
    if (callback === null) return;
    current.scope = this;
    const args = this._args as readonly unknown[];
    try {
      const result = args.length === 0 ? callback() : callback(...args);
      if (result instanceof Promise && isAsyncFunction(callback)) follow(this, result);
    } catch (error) {
      this._loop._callbackFailed(this, error);
    }
  }
}

// Functions, and no private methods: for those V8 marks every object, by a field more.
function describeCallback(handle: Handle): string {
  const site = creationSite(handle);
  return site === undefined ? handle._callText() : `${handle._callText()} created at ${site}`;
}

/** The promise of an async callback is nobody's but the loop's: its error is the callback's. */
function follow(handle: Handle, result: Promise<unknown>): void {
  result.then(undefined, (error: unknown) => handle._loop._callbackFailed(handle, error));
}

// A field that holds a double is an object of its own in V8. The two halves of the double as
// integers are not: half as many objects for the collector to move, when there are many timers.
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/**
 * A handle with a due time.
 *
 * @see CPython `asyncio.TimerHandle`
 */
export class TimerHandle extends Handle {
  readonly #whenA: number;
  readonly #whenB: number;
  /**
   * Where it is in the timer heap, -1 if it is not.
   * @internal
   */
  _slot: number;

  /** @internal */
  constructor(
    loop: EventLoop,
    when: number,
    callback: Callback,
    args: readonly unknown[],
    context: Context | null,
    ambient: Ambient | null = ambientOfChecked(loop, callback, args, context, when),
  ) {
    super(loop, callback, args, context, ambient);
    double[0] = when;
    this.#whenA = halves[0] as number;
    this.#whenB = halves[1] as number;
    this._slot = -1;
  }

  /** The due time, in seconds on the loop's clock. */
  when(): number {
    halves[0] = this.#whenA;
    halves[1] = this.#whenB;
    return double[0] as number;
  }

  override cancel(): void {
    this._loop._timerCancelled(this);
    super.cancel();
  }

  /** Whether both are due at the same time with the same callback, arguments and state. */
  equals(other: unknown): boolean {
    return (
      other instanceof TimerHandle &&
      this.when() === other.when() &&
      this._callback === other._callback &&
      sameItems(this._args, other._args)
    );
  }

  /**
   * Negative if this timer is due before `other`, positive if after.
   *
   * @throws {TypeError} `other` is no TimerHandle.
   */
  compare(other: TimerHandle): number {
    if (!(other instanceof TimerHandle)) {
      throw new TypeError(`Expected other to be a TimerHandle, got ${describe(other)}`);
    }
    return this.when() - other.when();
  }

  /** @internal */
  override _describeTime(parts: string[]): void {
    parts.push(`when=${this.when()}`);
  }
}

function ambientOfChecked(...parts: Parameters<typeof checkHandle>): Ambient | null {
  checkHandle(...parts);
  return currentAmbient();
}

function sameItems(a: readonly unknown[] | null, b: readonly unknown[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
