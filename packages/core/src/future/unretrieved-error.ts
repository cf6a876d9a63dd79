import { creationStack } from '../loop/debug-mode.ts';
import type { EventLoop, ExceptionContext } from '../loop/event-loop.ts';
import type { Future } from './future.ts';

/**
 * An error that nobody has looked at yet. It is reported once: when its future is collected, or
 * when the loop closes.
 *
 * Most errors are looked at in the next iteration. Only those that are not by the next turn of the
 * host are worth a watch for the end of their future; until then the future is held.
 */
export class UnretrievedError {
  readonly #loop: EventLoop;
  readonly #error: unknown;
  #future: Future | null;
  #watch: Watch | null;

  constructor(future: Future, error: unknown) {
    this.#loop = future._loop;
    this.#error = error;
    this.#future = future;
    this.#watch = null;
    this.#loop._unretrieved.add(this);
    if (fresh.push(this) === 1) this.#loop._host.macrotask(watchFresh);
  }

  /** Somebody has: there is nothing to report any more. */
  retrieved(): void {
    if (this.#watch !== null) collected.unregister(this);
    this.#future = null;
    this.#watch = null;
    this.#loop._unretrieved.delete(this);
  }

  /** Lets go of the future, unless the error was looked at meanwhile. */
  watch(): void {
    const future = this.#future;
    if (future === null) return;
    forgetFrames(this.#error, new Set());
    this.#watch = { future: new WeakRef(future), ...originOf(future) };
    this.#future = null;
    collected.register(future, this, this);
  }

  report(): void {
    const watch = this.#watch;
    const future = this.#future ?? watch?.future.deref();
    const origin = watch ?? (future === undefined ? undefined : originOf(future));
    this.retrieved();
    if (origin === undefined) return;
    const context: ExceptionContext = {
      message: `${origin.kind} exception was never retrieved`,
      exception: this.#error,
    };
    if (future !== undefined) context.future = future;
    if (origin.stack !== undefined) context.source_traceback = origin.stack;
    this.#loop._guardExit(() => this.#loop.callExceptionHandler(context));
  }
}

/** What a report says of a future that is there no more. */
interface Origin {
  readonly kind: string;
  readonly stack: readonly string[] | undefined;
}

interface Watch extends Origin {
  readonly future: WeakRef<Future>;
}

function originOf(future: Future): Origin {
  return { kind: future[Symbol.toStringTag], stack: creationStack(future) };
}

const collected = new FinalizationRegistry<UnretrievedError>((error) => error.report());

let fresh: UnretrievedError[] = [];

function watchFresh(): void {
  const errors = fresh;
  fresh = [];
  for (const error of errors) error.watch();
}

/**
 * V8 keeps `this` of every frame until somebody reads the stack, and in a step that is the task: it
 * would never be collected.
 */
function forgetFrames(error: unknown, seen: Set<unknown>): void {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  try {
    void error.stack;
  } catch {
    // A formatter of the user's may throw.
  }
  forgetFrames(error.cause, seen);
  if (error instanceof AggregateError) for (const each of error.errors) forgetFrames(each, seen);
}
