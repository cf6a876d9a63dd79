/** Argument checks: each names the argument and what was given. */
import { describe } from './describe.ts';

/** The function that a callback argument must be. */
export type Callback<A extends readonly unknown[] = never[]> = (...args: A) => unknown;

/** @throws {TypeError} `callback` cannot be called. */
export function checkCallback(callback: unknown, method: string): asserts callback is Callback {
  if (typeof callback !== 'function') {
    throw new TypeError(`a callable object was expected by ${method}(), got ${describe(callback)}`);
  }
}

/** @throws {TypeError} `value` is no number, or is NaN. */
export function checkNumber(value: unknown, name: string): asserts value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new TypeError(`Expected ${name} to be a number, got ${describe(value)}`);
  }
}

/** @throws {TypeError} `value` is neither true nor false. */
export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`Expected ${name} to be a boolean, got ${describe(value)}`);
  }
}

/**
 * Refuses what is no object, or has a key that the callee does not know.
 *
 * @param method - The callee, for the message.
 * @throws {TypeError} It says what the key is, and which there are.
 */
export function checkOptions(
  options: unknown,
  known: readonly string[],
  method: string,
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      `Expected the options of ${method}() to be an object, got ${describe(options)}`,
    );
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(
        `${method}() has no option ${JSON.stringify(key)}; it takes ${known.join(', ')}`,
      );
    }
  }
}
