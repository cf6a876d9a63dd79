import { describe } from '../error/describe.ts';
import { KeyError, RuntimeError } from '../error/errors.ts';
import { current, currentScope, runStored, type Scope } from '../loop/scope.ts';
import { ContextKey } from './context-key.ts';
import type { ContextVar } from './context-var.ts';

/**
 * The values of context variables, as one read-only mapping from `ContextVar` to value.
 * Callbacks and tasks run in a context each; `run` makes one current for a call.
 *
 * @see CPython `contextvars.Context`
 */
export class Context implements Iterable<ContextVar<unknown>> {
  /**
   * Copies share the map until one of them writes.
   * @internal
   */
  _values: Map<ContextVar<unknown>, unknown> | null = null;
  /** @internal */
  _shared = false;
  #entered = false;

  /**
   * Makes an empty context.
   *
   * @throws {TypeError} An argument was given.
   */
  constructor(...none: never[]) {
    if (none.length > 0) throw new TypeError('Context() takes no arguments');
  }

  /**
   * Calls `fn(...args)` with this context current and returns what it returns. What `fn` sets stays
   * in this context. An async function keeps the context across its awaits.
   *
   * @throws {RuntimeError} The context is already entered.
   */
  run<A extends readonly unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    if (typeof fn !== 'function') {
      throw new TypeError(`Expected fn to be a function, got ${describe(fn)}`);
    }
    const outer = current.scope;
    const { _loop, _driver, _task, _context } = currentScope();
    if (this.#entered || _context === this) {
      throw new RuntimeError(`cannot enter context: ${this.toString()} is already entered`);
    }
    const scope: Scope = { _loop, _driver, _task, _context: this };
    this.#entered = true;
    // That of a handle or task is entered by the loop, which keeps no record of it.
    const entersOuter = _context !== null && !_context.#entered;
    if (entersOuter) _context.#entered = true;
    current.scope = scope;
    try {
      return runStored(scope, () => fn(...args));
    } finally {
      current.scope = outer;
      this.#entered = false;
      if (entersOuter) _context.#entered = false;
    }
  }

  /** A copy; later sets on either side are not seen by the other. */
  copy(): Context {
    return snapshot(this) ?? new Context();
  }

  /** The value of `variable`, or `fallback` (`undefined`) where it is not set here; its default does not count. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get<T>(variable: ContextVar<T>, fallback?: unknown): unknown {
    checkKey(variable);
    const values = this._values;
    return values?.has(variable) ? values.get(variable) : fallback;
  }

  /**
   * The value of `variable`.
   *
   * @throws {KeyError} It is not set here.
   */
  lookup<T>(variable: ContextVar<T>): T {
    checkKey(variable);
    if (!this._values?.has(variable)) throw new KeyError(variable.toString());
    return this._values.get(variable) as T;
  }

  has<T>(variable: ContextVar<T>): boolean {
    checkKey(variable);
    return this._values?.has(variable) ?? false;
  }

  get size(): number {
    return this._values?.size ?? 0;
  }

  keys(): IterableIterator<ContextVar<unknown>> {
    return (this._values ?? new Map<ContextVar<unknown>, unknown>()).keys();
  }

  values(): IterableIterator<unknown> {
    return (this._values ?? new Map<ContextVar<unknown>, unknown>()).values();
  }

  entries(): IterableIterator<[ContextVar<unknown>, unknown]> {
    return (this._values ?? new Map<ContextVar<unknown>, unknown>()).entries();
  }

  [Symbol.iterator](): IterableIterator<ContextVar<unknown>> {
    return this.keys();
  }

  toString(): string {
    return `<Context size=${this.size}>`;
  }

  /** @internal */
  _set(variable: ContextVar<unknown>, value: unknown): void {
    this.#writable().set(variable, value);
  }

  /** @internal */
  _delete(variable: ContextVar<unknown>): void {
    this.#writable().delete(variable);
  }

  #writable(): Map<ContextVar<unknown>, unknown> {
    if (this._values === null || this._shared) {
      this._values = new Map(this._values);
      this._shared = false;
    }
    return this._values;
  }
}

/**
 * A copy of the current context.
 *
 * @see CPython `contextvars.copy_context`
 */
export function copyContext(): Context {
  return snapshot(currentScope()._context) ?? new Context();
}

/** A copy of `context`, where `null` stands for an empty one: most contexts are never asked for. */
export function snapshot(context: Context | null): Context | null {
  if (context === null || context._values === null || context._values.size === 0) return null;
  const copy = new Context();
  copy._values = context._values;
  copy._shared = true;
  context._shared = true;
  return copy;
}

/**
 * The context that an option names; a copy of the current one where it names none.
 *
 * @throws {TypeError} `context` is something else.
 */
export function givenContext(context: Context | null | undefined): Context | null {
  if (context === undefined || context === null) return snapshot(currentScope()._context);
  if (!(context instanceof Context)) {
    throw new TypeError(`Expected context to be a Context, got ${describe(context)}`);
  }
  return context;
}

/** The context of `scope`, made now if nobody has asked for it before. */
export function contextOf(scope: Scope): Context {
  scope._context ??= new Context();
  return scope._context;
}

function checkKey(variable: unknown): void {
  if (!(variable instanceof ContextKey)) {
    throw new TypeError(`a ContextVar key was expected, got ${describe(variable)}`);
  }
}
