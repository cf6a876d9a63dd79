/**
 * All that the loop needs of the runtime that it is a guest on.
 *
 * An implementation may assume that the loop calls it from one thread only, and
 * must run every function that it is given outside any scope of its
 * `storage`, except where the function is passed to `storage.run`.
 */
export interface Host {
  readonly name: string;
  /** Seconds on a clock that never goes back; the origin is arbitrary. */
  now(): number;
  /** Seconds between two readings of the clock that can differ at best. */
  readonly resolution: number;
  /** Runs `fn` soon, in a macrotask of its own, after I/O had a chance. */
  macrotask(fn: () => void): void;
  /** Runs `fn` once `now()` has reached `when`; fractions of a millisecond may be rounded up. */
  timer(when: number, fn: () => void): HostTimer;
  /**
   * Runs every microtask that is queued, and those they queue, before it returns.
   * Absent where the runtime has no such thing; then `quiet` is used.
   */
  readonly drain?: (() => void) | undefined;
  /** Runs `fn` once no microtask is left, before anything else that is not a microtask. */
  quiet(fn: () => void): void;
  /** Keeps the process alive, though nothing is pending, until the function it returns is called. */
  keepAlive(): () => void;
  /** Carries the scope of an async function across its awaits. */
  readonly storage: ScopeStorage;
  /** An environment variable, where there are any. */
  env(name: string): string | undefined;
  /** Puts handles due at the same instant into an order of the host's choice: a test host may shuffle them. */
  readonly reorder?: (<T>(handles: T[]) => void) | undefined;
}

/** A timer of the host's. */
export interface HostTimer {
  cancel(): void;
}

/** What `Host.storage` carries; opaque to the host. */
export interface StoredScope {
  readonly _scope: true;
}

/** The async context of a place in the code, with what others keep in it. */
export interface Ambient {
  runInAsyncScope<R>(fn: () => R): R;
}

/** An async-context slot, as `AsyncLocalStorage` is one. */
export interface ScopeStorage {
  /** Calls `fn`; what it starts, and every continuation of it, sees `scope`. */
  run<T>(scope: StoredScope, fn: () => T): T;
  /** The scope of the async function that is running now. */
  get(): StoredScope | undefined;
  /**
   * The loop is about to settle a promise that an async function of `scope` waits for.
   * Only a storage that cannot follow awaits by itself needs to act on it.
   */
  resume(scope: StoredScope): void;
  /** Whether `get` is right in every continuation, also after an await of a foreign promise. */
  readonly followsAwaits: boolean;
  /**
   * The async context of the calling code but for what `run` has put there, or `null` while nobody else keeps
   * anything in it. Absent where there is no such thing.
   */
  readonly ambient?: () => Ambient | null;
}
