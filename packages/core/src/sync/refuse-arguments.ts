import { describe } from '../error/describe.ts';

/**
 * Refuses arguments that a constructor does not take, such as the loop: it is found by itself.
 *
 * @throws {TypeError} There are any.
 */
export function refuseArguments(rest: readonly unknown[], callee: string): void {
  if (rest.length > 0) {
    throw new TypeError(`${callee} takes no further arguments, got ${describe(rest[0])}`);
  }
}
