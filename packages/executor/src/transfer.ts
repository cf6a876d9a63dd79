import type { Transferable } from './offloadable.ts';

const marked = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks an argument so that `list` is moved to the worker and not copied; the caller's are detached
 * when the job is given to one.
 *
 * ```ts
 * pool.submit(checksum, transfer(bytes, [bytes.buffer]));
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  marked.set(value, list);
  return value;
}

const NOTHING: readonly Transferable[] = [];

/** What of the arguments is to be moved. They are marked for one call. */
export function takeTransfers(args: readonly unknown[]): readonly Transferable[] {
  let list = NOTHING;
  for (const argument of args) {
    if (typeof argument !== 'object' || argument === null) continue;
    const own = marked.get(argument);
    if (own === undefined) continue;
    marked.delete(argument);
    list = [...list, ...own];
  }
  return list;
}
