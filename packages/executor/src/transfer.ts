import { checkMove } from './worker/check-move.js';
import type { Transferable } from './offloadable.ts';

const marked = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks an argument so that `list` is moved to the worker and not copied; the caller's are detached
 * when the job is given to one.
 *
 * ```ts
 * pool.submit(checksum, transfer(bytes, [bytes.buffer]));
 * ```
 *
 * @throws {TypeError} `value` is no object, or `list` is not an array of objects.
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  checkMove(value, list);
  marked.set(value, list);
  return value;
}

/** What of a job's arguments is to be moved, and how much memory they take at least. */
export interface Parcel {
  readonly transfer: readonly Transferable[];
  readonly bytes: number;
}

const NOTHING: readonly Transferable[] = [];
const EMPTY: Parcel = { transfer: NOTHING, bytes: 0 };

/** Arguments are marked for one call. Only what is a buffer itself is weighed, not what contains one. */
export function parcelOf(args: readonly unknown[]): Parcel {
  let transfer = NOTHING;
  let bytes = 0;
  for (const argument of args) {
    if (typeof argument !== 'object' || argument === null) continue;
    const own = marked.get(argument);
    if (own === undefined) {
      bytes += bytesOf(argument);
    } else {
      marked.delete(argument);
      transfer = [...transfer, ...own];
      for (const each of own) bytes += bytesOf(each);
    }
  }
  return transfer === NOTHING && bytes === 0 ? EMPTY : { transfer, bytes };
}

/** What is copied or moved of `value`; shared memory is neither. */
function bytesOf(value: object): number {
  if (value instanceof ArrayBuffer) return value.byteLength;
  return ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? value.byteLength : 0;
}
