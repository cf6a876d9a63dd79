import { checkOptions } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { LookupError, RuntimeError, ValueError } from '../error/errors.ts';
import { currentScope } from '../loop/scope.ts';
import { ContextKey } from './context-key.ts';
import { contextOf, type Context } from './context.ts';

// Nobody else has it: no other code makes a token.
const BY_SET = Symbol('ContextVar.set');

/**
 * A variable that has a value per context: tasks and callbacks see what was set where they were
 * scheduled, and their own sets stay with them.
 *
 * @see CPython `contextvars.ContextVar`
 */
export class ContextVar<T> extends ContextKey {
  readonly #fallback: { readonly value: T } | null;

  /**
   * @throws {TypeError} `name` is no string.
   */
  constructor(name: string, options: { default?: T } = {}) {
    super(name);
    if (typeof name !== 'string') {
      throw new TypeError(`context variable name must be a str, got ${describe(name)}`);
    }
    checkOptions(options, ['default'], 'ContextVar');
    this.#fallback = 'default' in options ? { value: options.default } : null;
  }

  /**
   * The value in the current context, else `fallback`, else the variable's default.
   *
   * @throws {LookupError} There is none of the three.
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get(...fallback: [] | [unknown]): unknown {
    const values = currentScope()._context?._values;
    if (values) {
      const value = values.get(this);
      if (value !== undefined || values.has(this)) return value;
    }
    if (fallback.length > 0) return fallback[0];
    if (this.#fallback !== null) return this.#fallback.value;
    throw new LookupError(this.toString());
  }

  /** Sets the value in the current context; the token undoes it. */
  set(value: T): Token<T> {
    const context = contextOf(currentScope());
    const key = this as ContextVar<unknown>;
    const old = context._values?.has(key) ? (context._values.get(key) as T) : Token.MISSING;
    context._set(key, value);
    return new Token(this, context, old, BY_SET);
  }

  /**
   * Restores the value from before the `set` that gave `token`.
   *
   * @throws {RuntimeError} The token was used before.
   * @throws {ValueError} It belongs to another variable or another context.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) {
      throw new TypeError(`Expected token to be a Token, got ${describe(token)}`);
    }
    if (token._used) throw new RuntimeError(`${token.toString()} has already been used once`);
    if (token.var !== this) {
      throw new ValueError(`${token.toString()} was created by a different ContextVar`);
    }
    const context = contextOf(currentScope());
    if (token._context !== context) {
      throw new ValueError(`${token.toString()} was created in a different Context`);
    }
    token._used = true;
    const key = this as ContextVar<unknown>;
    if (token.oldValue === Token.MISSING) context._delete(key);
    else context._set(key, token.oldValue);
  }

  override toString(): string {
    const fallback = this.#fallback === null ? '' : ` default=${describe(this.#fallback.value)}`;
    return `<ContextVar name=${JSON.stringify(this.name)}${fallback}>`;
  }
}

/**
 * What `ContextVar.set` returns. With `using` it resets the variable at the end of the block.
 *
 * @see CPython `contextvars.Token`
 */
export class Token<T> implements Disposable {
  /** Stands for "was not set" in {@link Token.oldValue}. */
  static readonly MISSING: unique symbol = Symbol('Token.MISSING');

  readonly var: ContextVar<T>;
  readonly oldValue: T | typeof Token.MISSING;
  /** @internal */
  readonly _context: Context;
  /** @internal */
  _used = false;

  /** @internal */
  constructor(
    variable: ContextVar<T>,
    context: Context,
    oldValue: T | typeof Token.MISSING,
    by: typeof BY_SET,
  ) {
    // One comparison, where to look at the parts would be a fifth of a `set`.
    if (by !== BY_SET) {
      throw new RuntimeError('Tokens can only be created by ContextVars: call variable.set()');
    }
    this.var = variable;
    this.oldValue = oldValue;
    this._context = context;
  }

  [Symbol.dispose](): void {
    this.var.reset(this);
  }

  toString(): string {
    return `<Token${this._used ? ' used' : ''} var=${this.var.toString()}>`;
  }
}
