import { describe } from '../error/describe.ts';
import type { Future } from '../future/future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { runningLoop } from '../loop/running-loop.ts';
import { operation } from './operation.ts';
import type { Coroutine } from './task-body.ts';

/**
 * The async generators that were first iterated while the loop ran, until they end.
 *
 * JavaScript has no hook for them as the reference has, so `next` of their shared prototype is
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
    if (watchers === 1) shared.next = watchedNext;
  }

  /** The loop has ended its run. */
  unwatch(): void {
    watchers -= 1;
    if (watchers === 0) shared.next = originalNext;
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
    const closing = open.map((generator) =>
      wrapFuture(generator.return(undefined), { loop: this.#loop }),
    );
    for (const [index, closed] of closing.entries()) {
      try {
        yield* closed;
      } catch (error) {
        const asyncgen = open[index] as AsyncGenerator;
        this.#loop.callExceptionHandler({
          message: `an error occurred during closing of asynchronous generator ${describe(asyncgen)}`,
          exception: error,
          asyncgen,
        });
      }
    }
  }
}

let watchers = 0;
const ownerOf = new WeakMap<EventLoop, AsyncGenerators>();
const owners = new WeakMap<AsyncGenerator, AsyncGenerators>();

// The prototype of generator objects' prototypes: all async generators get `next` from it.
const shared = Object.getPrototypeOf(async function* () {}.prototype as object) as AsyncGenerator;
// oxlint-disable-next-line typescript/unbound-method -- called with the generator as `this`
const originalNext = shared.next;

function watchedNext(
  this: AsyncGenerator,
  ...args: [] | [unknown]
): Promise<IteratorResult<unknown>> {
  const step = originalNext.apply(this, args);
  const owner = owners.get(this) ?? adopt(this);
  if (owner === null) return step;
  return step.then(
    (result) => {
      if (result.done === true) owner.forget(this);
      return result;
    },
    (error: unknown) => {
      owner.forget(this);
      throw error;
    },
  );
}

/** A generator that is first iterated now belongs to the loop that runs, if there is one. */
function adopt(generator: AsyncGenerator): AsyncGenerators | null {
  const loop = runningLoop();
  const owner = loop === null ? undefined : ownerOf.get(loop);
  if (owner === undefined) return null;
  owners.set(generator, owner);
  owner.note(generator);
  return owner;
}
