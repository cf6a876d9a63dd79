import { creationStack } from '../loop/debug-mode.ts';
import type { EventLoop, ExceptionContext } from '../loop/event-loop.ts';
import type { Future } from './future.ts';

/**
 * An error that nobody has looked at yet. It is reported once: when its future is collected, or
 * when the loop closes.
 */
export class UnretrievedError {
  readonly #loop: EventLoop;
  readonly #future: WeakRef<Future>;
  readonly #error: unknown;
  readonly #kind: string;
  readonly #stack: readonly string[] | undefined;

  constructor(future: Future<never> | Future, error: unknown) {
    this.#loop = future._loop;
    this.#future = new WeakRef(future);
    this.#error = error;
    this.#kind = future[Symbol.toStringTag];
    this.#stack = creationStack(future);
    this.#loop._unretrieved.add(this);
    collected.register(future, this, this);
  }

  /** Somebody has: there is nothing to report any more. */
  retrieved(): void {
    collected.unregister(this);
    this.#loop._unretrieved.delete(this);
  }

  report(): void {
    this.retrieved();
    const future = this.#future.deref();
    const context: ExceptionContext = {
      message: `${this.#kind} exception was never retrieved`,
      exception: this.#error,
    };
    if (future !== undefined) context.future = future;
    if (this.#stack !== undefined) context.source_traceback = this.#stack;
    this.#loop.callExceptionHandler(context);
  }
}

const collected = new FinalizationRegistry<UnretrievedError>((error) => error.report());
