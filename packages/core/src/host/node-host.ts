import { type AsyncHooks, noticeForeignStorage } from './foreign-storage.ts';
import type { Ambient, Host, ScopeStorage, StoredScope } from './host.ts';
import { LONGEST_TIMER_MS, startTimer } from './start-timer.ts';

/**
 * The host on Node, Deno and Bun. It alone reaches for `node:` modules, and
 * through `process.getBuiltinModule`, so that bundles for the web can hold this file.
 */
interface NodeProcess {
  getBuiltinModule(name: 'node:async_hooks'): AsyncHooks & {
    AsyncLocalStorage: new () => {
      run<T>(store: StoredScope | undefined, fn: () => T): T;
      getStore(): StoredScope | undefined;
    };
  };
  getBuiltinModule(name: 'node:diagnostics_channel'): {
    channel(name: string): { readonly hasSubscribers: boolean; publish(message: unknown): void };
  };
  nextTick(fn: () => void): void;
  readonly env: Record<string, string | undefined>;
  readonly versions: { readonly node?: string; readonly bun?: string; readonly deno?: string };
  _tickCallback?: () => void;
}

interface NodeGlobals {
  readonly process?: NodeProcess;
  readonly setImmediate?: (fn: () => void) => unknown;
}

/** Whether {@link createNodeHost} works here. */
export function isNodeLike(): boolean {
  const { process, setImmediate } = globalThis as NodeGlobals;
  return typeof process?.getBuiltinModule === 'function' && typeof setImmediate === 'function';
}

/** A channel of `diagnostics_channel`, where there is that. */
export function nodeDiagnosticsChannel<M>(
  name: string,
): { readonly hasSubscribers: boolean; publish(message: M): void } | null {
  if (!isNodeLike()) return null;
  const { process } = globalThis as unknown as Required<NodeGlobals>;
  return process.getBuiltinModule('node:diagnostics_channel').channel(name);
}

/** Makes the host for Node, Deno and Bun. */
export function createNodeHost(): Host {
  const { process, setImmediate } = globalThis as unknown as Required<NodeGlobals>;
  // Looking up the global costs as much as half a reading: it is a getter.
  const clock = globalThis.performance;
  const hooks = process.getBuiltinModule('node:async_hooks');
  const local = new hooks.AsyncLocalStorage();
  // Before it is watched for others.
  const enter: typeof local.run = local.run.bind(local);
  let foreign = false;
  noticeForeignStorage(hooks, local, () => (foreign = true));

  // What the loop schedules must not inherit the scope of the task that happened to wake it.
  const outside = <T>(fn: () => T): T =>
    local.getStore() === undefined ? fn() : enter(undefined, fn);
  const makeAmbient = (): Ambient =>
    new hooks.AsyncResource('LoopHandle', { requireManualDestroy: true });

  let drain = findDrain(process);
  let probed = drain === undefined;
  const probe = (): void => {
    probed = true;
    let drained = false;
    queueMicrotask(() => (drained = true));
    drain?.();
    if (!drained) drain = undefined;
  };

  const storage: ScopeStorage = {
    run: (scope, fn) => enter(scope, fn),
    get: () => local.getStore(),
    resume: () => {},
    followsAwaits: true,
    ambient: () => (foreign ? outside(makeAmbient) : null),
  };

  return {
    name: 'node',
    resolution: 1e-9,
    now: () => clock.now() / 1000,
    macrotask: (fn) => void outside(() => setImmediate(probed ? fn : () => (probe(), fn()))),
    timer: (when, fn) => outside(() => startTimer(when, fn)),
    get drain() {
      return drain;
    },
    // Ticks run before microtasks when a callback returns to Node, and again once microtasks are
    // done: a tick queued by a microtask runs when all of them have.
    quiet: (fn) => queueMicrotask(() => process.nextTick(fn)),
    keepAlive: () => {
      const standing = outside(() => setInterval(() => {}, LONGEST_TIMER_MS));
      return () => clearInterval(standing);
    },
    storage,
    env: (name) => process.env[name],
  };
}

/**
 * Node runs ticks and microtasks between two callbacks by `process._tickCallback`. Calling it
 * costs a third of returning to Node through `quiet`, and means the same. It is not a documented
 * function, so one call has to prove itself first: where it is absent or does something else,
 * there is no `drain`. docs/node-facts.md
 */
function findDrain(process: NodeProcess): (() => void) | undefined {
  const tick = process._tickCallback;
  const isNode = process.versions.bun === undefined && process.versions.deno === undefined;
  return isNode && typeof tick === 'function' ? tick : undefined;
}
