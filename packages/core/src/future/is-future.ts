import { Future } from './future.ts';

/**
 * Whether `value` is a `Future` or `Task`, of this or of another copy of the package: those carry
 * the marker `Symbol.for('@loop/core.Future')`.
 *
 * @see CPython `asyncio.isfuture`
 */
export function isFuture(value: unknown): value is Future {
  if (value instanceof Future) return true;
  if (typeof value !== 'object' || value === null) return false;
  const marked = value.constructor as { [futureMarker]?: unknown } | undefined;
  return (marked?.[futureMarker] ?? null) !== null;
}

/** A class with this static property, not null, makes futures. */
export const futureMarker = Symbol.for('@loop/core.Future');

Object.defineProperty(Future, futureMarker, { value: true });
