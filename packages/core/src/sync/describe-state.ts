/** The method that Node's `console.log` shows a value by. */
export const inspect = Symbol.for('nodejs.util.inspect.custom');

/** The text of a primitive: `<Lock [locked, waiters:2]>`. */
export function describeState(owner: object, state: string, waiters: number): string {
  const waiting = waiters > 0 ? `, waiters:${waiters}` : '';
  return `<${owner.constructor.name} [${state}${waiting}]>`;
}
