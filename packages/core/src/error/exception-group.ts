import { describe } from './describe.ts';
import { ValueError } from './errors.ts';

/** A class of errors, several of them, or a function that picks errors. */
export type ErrorCondition = ErrorClass | readonly ErrorClass[] | ((error: unknown) => boolean);

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Several errors that belong together, some of which may be groups themselves.
 *
 * ```ts
 * const [timeouts, others] = group.split(TimeoutError);
 * ```
 *
 * There is one class for what the reference calls `ExceptionGroup` and `BaseExceptionGroup`.
 *
 * @see CPython `ExceptionGroup`
 */
export class ExceptionGroup extends AggregateError {
  override readonly name: string = 'ExceptionGroup';

  /**
   * @param errors - In their order; any value that was thrown can be one.
   * @throws {ValueError} There is none.
   */
  constructor(message: string, errors: Iterable<unknown>, options?: ErrorOptions) {
    super(errors, message, options);
    if (this.errors.length === 0) {
      throw new ValueError(`Expected errors to hold at least one error, got ${describe(errors)}`);
    }
  }

  /**
   * Splits the group in two: the errors that meet `condition`, and the rest. Groups inside keep
   * their place; those that lose all errors are left out. A group is asked as a whole first, and if
   * it meets the condition it is not looked into.
   *
   * @returns Both parts, `null` for an empty one.
   * @throws {TypeError} `condition` is no condition.
   */
  split(condition: ErrorCondition): [ExceptionGroup | null, ExceptionGroup | null] {
    return this.#split(toPredicate(condition));
  }

  /**
   * The part of the group that meets `condition`, or `null`.
   *
   * @throws {TypeError} `condition` is no condition.
   */
  subgroup(condition: ErrorCondition): ExceptionGroup | null {
    return this.#split(toPredicate(condition))[0];
  }

  /** Makes the groups that `split()` and `subgroup()` give: for subclasses with more to hand on. */
  derive(errors: readonly unknown[]): ExceptionGroup {
    return new ExceptionGroup(this.message, errors);
  }

  #split(meets: (error: unknown) => boolean): [ExceptionGroup | null, ExceptionGroup | null] {
    if (meets(this)) return [this, null];
    const matching: unknown[] = [];
    const rest: unknown[] = [];
    for (const error of this.errors as unknown[]) {
      if (error instanceof ExceptionGroup) {
        const [inner, outer] = error.#split(meets);
        if (inner !== null) matching.push(inner);
        if (outer !== null) rest.push(outer);
      } else if (meets(error)) {
        matching.push(error);
      } else {
        rest.push(error);
      }
    }
    return [this.#part(matching), this.#part(rest)];
  }

  #part(errors: readonly unknown[]): ExceptionGroup | null {
    if (errors.length === 0) return null;
    const part = this.derive(errors);
    if (this.cause !== undefined) part.cause = this.cause;
    if (this.stack !== undefined) part.stack = this.stack;
    return part;
  }
}

function toPredicate(condition: ErrorCondition): (error: unknown) => boolean {
  if (isErrorClass(condition)) return (error) => error instanceof condition;
  if (typeof condition === 'function') return condition;
  if (Array.isArray(condition) && condition.every(isErrorClass)) {
    const classes: readonly ErrorClass[] = condition;
    return (error) => classes.some((one) => error instanceof one);
  }
  throw new TypeError(
    `Expected condition to be an error class, several of them or a function, got ${describe(condition)}`,
  );
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && (value === Error || value.prototype instanceof Error);
}
