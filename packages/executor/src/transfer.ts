import type { Transferable } from './offloadable.ts';

const marked = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks an argument so that `list` is moved to the worker and not copied; the caller's are detached.
 *
 * ```ts
 * pool.submit(checksum, transfer(bytes, [bytes.buffer]));
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  marked.set(value, list);
  return value;
}

/** The arguments, and what of them is to be moved. */
export function takeTransfers(
  args: readonly unknown[],
): [args: readonly unknown[], transfer: readonly Transferable[]] {
  let list: readonly Transferable[] = NOTHING;
  for (const argument of args) {
    if (typeof argument !== 'object' || argument === null) continue;
    const own = marked.get(argument);
    if (own === undefined) continue;
    marked.delete(argument);
    list = [...list, ...own];
  }
  return [args, list];
}

const NOTHING: readonly Transferable[] = [];
