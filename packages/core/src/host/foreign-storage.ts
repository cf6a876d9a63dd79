import type { Ambient } from './host.ts';

/** What this file needs of `node:async_hooks`. */
export interface AsyncHooks {
  AsyncLocalStorage: { prototype: StorageMethods };
  AsyncResource: new (type: string, options: { readonly requireManualDestroy: true }) => Ambient;
}

type StorageMethods = Record<string, unknown>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

// The ways in which a value gets into an async context.
const ENTRANCES = ['run', 'enterWith', 'withScope'];

/**
 * Calls `used` when anybody but `own` first puts something into the async context.
 *
 * Node does not tell whether there is anything to carry along, and carrying it costs as much as a
 * callback. So the methods by which it gets there are watched until the first call.
 */
export function noticeForeignStorage(
  { AsyncLocalStorage: { prototype } }: AsyncHooks,
  own: object,
  used: () => void,
): void {
  const originals = new Map<string, Method>();
  const watching = new Map<string, Method>();
  const stop = (): void => {
    for (const [name, watched] of watching) {
      // Somebody else may have put a method of theirs around ours.
      if (prototype[name] === watched) prototype[name] = originals.get(name);
    }
    used();
  };
  for (const name of ENTRANCES) {
    const original = prototype[name];
    if (typeof original !== 'function') continue;
    originals.set(name, original as Method);
    watching.set(name, function watched(this: unknown, ...args) {
      if (this !== own) stop();
      return (original as Method).apply(this, args);
    });
  }
  try {
    for (const [name, watched] of watching) prototype[name] = watched;
  } catch {
    // A runtime whose objects are frozen: whatever may be there has to be carried.
    used();
  }
}
