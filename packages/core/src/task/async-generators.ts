import { describe } from '../error/describe.ts';
import type { Future } from '../future/future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { runningLoop } from '../loop/running-loop.ts';
import { ended } from './ended.ts';
import { operation } from './operation.ts';
import type { Coroutine } from './task-body.ts';

/**
 * The async generators that were first iterated while the loop ran, until they end.
 *
 * JavaScript has no hook for them as the reference has, so the methods of their shared prototype are
 * wrapped; only while a loop runs, and for generators iterated by code that a loop runs.
 */
export class AsyncGenerators {
  readonly #loop: EventLoop;
  readonly #open = new Set<AsyncGenerator>();
  #wasShutDown = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
    ownerOf.set(loop, this);
  }

  /** The loop begins to run. */
  watch(): void {
    watchers += 1;
    if (watchers === 1) Object.assign(shared, watched);
  }

  /** The loop has ended its run. */
  unwatch(): void {
    watchers -= 1;
    if (watchers === 0) Object.assign(shared, original);
  }

  /** See `loop.shutdownAsyncgens`. */
  shutdown(): Future<void> {
    this.#wasShutDown = true;
    return operation(() => this.#closeAll(), this.#loop);
  }

  note(generator: AsyncGenerator): void {
    if (this.#wasShutDown) {
      console.warn(
        `asynchronous generator ${describe(generator)} was scheduled after loop.shutdownAsyncgens() call`,
      );
    }
    this.#open.add(generator);
  }

  forget(generator: AsyncGenerator): void {
    this.#open.delete(generator);
  }

  *#closeAll(): Coroutine<void> {
    const open = [...this.#open];
    this.#open.clear();
    // A task for each, as in the reference: what they await in `finally` needs one.
    const closing = open.map((asyncgen) => this.#loop.createTask(() => asyncgen.return(undefined)));
    try {
      for (const task of closing) yield* ended(task);
    } catch (cancellation) {
      for (const task of closing) task.cancel();
      throw cancellation;
    }
    for (const [index, task] of closing.entries()) {
      const exception = task.cancelled() ? null : task.exception();
      if (exception === null) continue;
      const asyncgen = open[index] as AsyncGenerator;
      this.#loop.callExceptionHandler({
        message: `an error occurred during closing of asynchronous generator ${describe(asyncgen)}`,
        exception,
        asyncgen,
      });
    }
  }
}

let watchers = 0;
const ownerOf = new WeakMap<EventLoop, AsyncGenerators>();
const owners = new WeakMap<AsyncGenerator, AsyncGenerators>();

type Step = (this: AsyncGenerator, ...args: unknown[]) => Promise<IteratorResult<unknown>>;
type Steps = Record<'next' | 'return' | 'throw', Step>;

// The prototype of generator objects' prototypes: all async generators get their methods from it.
const shared = Object.getPrototypeOf(async function* () {}.prototype as object) as Steps;
const original: Steps = { next: shared.next, return: shared.return, throw: shared.throw };

const watched: Steps = {
  next(...args) {
    return follow(this, original.next.apply(this, args), owners.get(this) ?? adopt(this));
  },
  return(...args) {
    return follow(this, original.return.apply(this, args), owners.get(this));
  },
  throw(...args) {
    return follow(this, original.throw.apply(this, args), owners.get(this));
  },
};

/** Forgets the generator if it ends by `step`. */
function follow(
  generator: AsyncGenerator,
  step: Promise<IteratorResult<unknown>>,
  owner: AsyncGenerators | undefined,
): Promise<IteratorResult<unknown>> {
  if (owner === undefined) return step;
  return step.then(
    (result) => {
      if (result.done === true) owner.forget(generator);
      return result;
    },
    (error: unknown) => {
      owner.forget(generator);
      throw error;
    },
  );
}

/** A generator that is first iterated now belongs to the loop that runs, if there is one. */
function adopt(generator: AsyncGenerator): AsyncGenerators | undefined {
  const loop = runningLoop();
  const owner = loop === null ? undefined : ownerOf.get(loop);
  if (owner === undefined) return undefined;
  owners.set(generator, owner);
  owner.note(generator);
  return owner;
}
