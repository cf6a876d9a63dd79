import type { Host, ScopeStorage, StoredScope } from './host.ts';
import { startTimer } from './start-timer.ts';

/**
 * Makes a host that needs nothing but web APIs: timers, `MessageChannel`, `performance`.
 *
 * There is no async context on the web, so the current task and context are known to generators
 * always, and to async functions up to their first await of something that is neither the loop's nor
 * derived from it by `then`, `catch` or `finally`.
 */
export function createWebHost(): Host {
  const post = createPoster();

  return {
    name: 'web',
    // Browsers round the clock to 5 us at best.
    resolution: 1e-5,
    now: () => performance.now() / 1000,
    macrotask: (fn) => post(afresh(fn)),
    timer: (when, fn) => startTimer(when, afresh(fn)),
    quiet: (fn) => post(afresh(fn)),
    // A page or worker lives as long as its owner wants.
    keepAlive: () => () => {},
    storage,
    env: () => undefined,
  };
}

/** What is used of a `MessagePort`, in the web's words and in Node's. */
interface Port {
  onmessage: (() => void) | null;
  ref?(): void;
  unref?(): void;
}

/** A macrotask without the four milliseconds that nested timers are given. */
function createPoster(): (fn: () => void) => void {
  const queue: Array<() => void> = [];
  const { port1, port2 } = new MessageChannel();
  const port = port1 as unknown as Port;
  // Under Node a port with a listener keeps the process alive; it should only while work is queued.
  const hold = (on: boolean): void => (on ? port.ref?.() : port.unref?.());
  port.onmessage = () => {
    const fn = queue.shift();
    if (queue.length === 0) hold(false);
    fn?.();
  };
  hold(false);
  return (fn) => {
    queue.push(fn);
    hold(true);
    port2.postMessage(null);
  };
}

/**
 * The scope of the code that runs synchronously, or else of the async function that the loop has
 * resumed last, until the loop turns to something else.
 */
let resumed: StoredScope | undefined;

const storage: ScopeStorage = {
  run: (scope, fn) => {
    const outer = resumed;
    resumed = scope;
    try {
      return fn();
    } finally {
      resumed = outer;
    }
  },
  get: () => resumed,
  resume: (scope) => {
    resumed ??= scope;
    // Right before the continuation, whatever else is queued by now.
    queueMicrotask(() => {
      resumed = scope;
    });
  },
  followsAwaits: false,
};

/** `fn`, in no scope: the loop turns to something else. */
function afresh(fn: () => void): () => void {
  return () => {
    resumed = undefined;
    fn();
  };
}
