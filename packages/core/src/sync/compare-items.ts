import { describe } from '../error/describe.ts';

/**
 * The order of items that have one in the reference: numbers (and booleans), strings, and tuples of
 * such, element by element; the shorter tuple comes first. Strings are compared as `<` does, by
 * UTF-16 code units.
 *
 * @returns Negative if `a` comes before `b`, positive if after, else 0.
 * @throws {TypeError} There is no such order between them.
 */
export function compareItems(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return compareTuples(a, b);
  if ((isNumeric(a) && isNumeric(b)) || (typeof a === 'string' && typeof b === 'string')) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
  throw new TypeError(
    `'<' not supported between ${describe(a)} and ${describe(b)}: give the queue a compare function`,
  );
}

function compareTuples(a: readonly unknown[], b: readonly unknown[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index += 1) {
    // Equal elements need no order, so that [1, job] can be compared with itself.
    if (Object.is(a[index], b[index])) continue;
    const order = compareItems(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function isNumeric(value: unknown): value is number {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}
