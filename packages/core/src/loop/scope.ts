import type { Context } from '../context/context.ts';
import { defaultHost } from '../host/default-host.ts';
import type { Ambient, ScopeStorage, StoredScope } from '../host/host.ts';
import type { Driver } from '../task/driver.ts';
import type { Task } from '../task/task.ts';
import type { EventLoop } from './event-loop.ts';

/**
 * Where code runs: in which loop, task and context. A handle is the scope of its callback, a task
 * that of its steps. Two places know the present one:
 *
 * 1. `current.scope`, while a callback or a step runs synchronously;
 * 2. the host's storage, in the continuations of async functions.
 *
 * Outside of both the thread's own scope holds: no loop, no task, one context.
 */
export interface Scope {
  /** @internal */
  readonly _loop: EventLoop | null;
  /**
   * Whose await an `await` in this scope is.
   * @internal
   */
  readonly _driver: Driver<unknown> | null;
  /** @internal */
  readonly _task: Task | null;
  /**
   * `null` stands for an empty context that nobody has asked for yet.
   * @internal
   */
  _context: Context | null;
}

// One storage serves every loop of the thread, whatever host it was given.
const storage: ScopeStorage = defaultHost().storage;

class Current {
  scope: Scope | null = null;
}

export let current = new Current();

/**
 * Called between turns, when nothing runs. Every handle is stored in `current`; the collector's
 * write barrier for a young object in an old one is a tenth of the cost of a callback, so the
 * holder is kept young.
 */
export function renewCurrent(): void {
  current = new Current();
}

const threadScope: Scope = { _loop: null, _driver: null, _task: null, _context: null };

/** The scope of the code that calls. */
export function currentScope(): Scope {
  return current.scope ?? storedScope() ?? threadScope;
}

/** The scope of the async function whose continuation is running, if there is one. */
export function storedScope(): Scope | undefined {
  return storage.get() as Scope | undefined;
}

/** Calls `fn`, which starts an async function, so that its continuations find `scope`. */
export function runStored<T>(scope: Scope, fn: () => T): T {
  return storage.run(asStored(scope), fn);
}

/** An async function of `scope` is about to go on, once the present code has ended. */
export function resumeStored(scope: Scope): void {
  storage.resume(asStored(scope));
}

/** What others keep in the async context of the calling code, `null` if they do not. */
export function currentAmbient(): Ambient | null {
  return ambientOf === undefined ? null : ambientOf();
}

/** Whether awaits have to be told apart by `followAwaits`. */
export function mustFollowAwaits(): boolean {
  return !storage.followsAwaits;
}

/** Scopes are opaque to hosts. */
function asStored(scope: Scope): StoredScope {
  return scope as unknown as StoredScope;
}

const ambientOf = storage.ambient;
