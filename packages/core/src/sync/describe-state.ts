import { describe } from '../error/describe.ts';

export const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The text of a primitive: `<Lock [locked, waiters:2]>`. */
export function describeState(owner: object, state: string, waiters: number): string {
  const waiting = waiters > 0 ? `, waiters:${waiters}` : '';
  return `<${owner.constructor.name} [${state}${waiting}]>`;
}

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
