import { checkOptions } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { cancelArgs, CancelledError } from '../error/errors.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import { type CancelRelay, cancelThrough } from '../future/cancel-through.ts';
import { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import type { AbstractEventLoop } from '../loop/abstract-event-loop.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { isCoroutine, isPromiseLike, type Awaitable } from '../task/task-body.ts';
import { outcomeOf } from './outcome.ts';

/** Options of {@link gather}: they come last. */
export interface GatherOptions {
  /** Errors become results, instead of ending the gather; by default `false`. */
  readonly returnExceptions?: boolean | undefined;
}

/** What the awaitables `A` give, place by place. */
export type Gathered<A extends readonly unknown[]> = { -readonly [K in keyof A]: ResultOf<A[K]> };

/** The same with errors among the results. */
export type GatheredOrErrors<A extends readonly unknown[]> = {
  -readonly [K in keyof A]: ResultOf<A[K]> | Error;
};

type ResultOf<A> = A extends Awaitable<infer T> ? T : never;

/**
 * Runs all awaitables side by side, and gives their results in the order of the arguments.
 *
 * ```ts
 * const [user, orders] = await gather(loadUser, loadOrders);
 * const results = await gather(...jobs, { returnExceptions: true });
 * ```
 *
 * Functions and coroutines become tasks at once; one given twice runs once. The first error ends
 * the gather; the others go on. Cancelling the gather cancels all of them, while one that is
 * cancelled by itself ends it with a `CancelledError` as its error. If everything is done already,
 * so is the gather.
 *
 * With `returnExceptions` errors and cancellations are results, and only cancelling the gather
 * itself fails it, once all have ended.
 *
 * @throws {TypeError} An argument cannot be awaited, or an option is unknown.
 * @throws {ValueError} Futures of different loops were given.
 * @throws {RuntimeError} There is no loop.
 * @see CPython `asyncio.gather`
 */
export function gather<A extends readonly Awaitable<unknown>[]>(
  ...aws: readonly [...A, { readonly returnExceptions: true }]
): Future<GatheredOrErrors<A>>;
export function gather<A extends readonly Awaitable<unknown>[]>(
  ...aws: readonly [...A, { readonly returnExceptions?: false | undefined }]
): Future<Gathered<A>>;
export function gather<A extends readonly Awaitable<unknown>[]>(
  ...aws: readonly [...A, GatherOptions]
): Future<GatheredOrErrors<A>>;
export function gather<A extends readonly Awaitable<unknown>[]>(...aws: A): Future<Gathered<A>>;
export function gather(...args: readonly unknown[]): Future<unknown[]> {
  const { aws, returnExceptions } = splitOptions(args);
  if (aws.length === 0) {
    const empty = getEventLoop().createFuture<unknown[]>();
    empty.setResult([]);
    return empty;
  }
  // All of them before the first becomes a task.
  for (const aw of aws) if (!isAwaitable(aw)) refuse(aw);
  const futures = new Map<unknown, Future>();
  let loop: AbstractEventLoop | undefined;
  for (const aw of aws) {
    if (futures.has(aw)) continue;
    const future = ensureFuture(aw as Awaitable<unknown>, { loop });
    loop ??= future.getLoop();
    futures.set(aw, future);
  }
  const children = aws.map((aw) => futures.get(aw) as Future);
  return new GatheringFuture(children, new Set(futures.values()), returnExceptions);
}

/**
 * The outcome of several children. Cancelling it only cancels them: as with a task, its own end is
 * what they make of that.
 */
class GatheringFuture extends Future<unknown[]> implements CancelRelay {
  readonly #children: readonly Future[];
  readonly #returnExceptions: boolean;
  #unfinished: number;
  #cancellation: CancelledError | null = null;

  constructor(
    children: readonly Future[],
    distinct: ReadonlySet<Future>,
    returnExceptions: boolean,
  ) {
    super({ loop: (children[0] as Future).getLoop() });
    this.#children = children;
    this.#returnExceptions = returnExceptions;
    this.#unfinished = distinct.size;
    const done: Future[] = [];
    for (const child of distinct) {
      if (child.done()) done.push(child);
      else child.addDoneCallback(this.#childEnded);
    }
    for (const child of done) this.#childEnded(child);
  }

  override cancel(message?: unknown): boolean {
    return this.done() ? false : cancelThrough(this, message);
  }

  /** @internal */
  override get _relay(): CancelRelay | null {
    return this.done() ? null : this;
  }

  /** @internal */
  _noteCancel(): void {}

  /** @internal */
  _cancelTargets(): readonly Future[] {
    return this.#children;
  }

  /** @internal */
  _cancelPassed(taken: boolean, message: unknown): boolean {
    if (taken) this.#cancellation = new CancelledError(...cancelArgs(message));
    return taken;
  }

  override get [Symbol.toStringTag](): string {
    return 'Future';
  }

  readonly #childEnded = (child: Future): void => {
    this.#unfinished -= 1;
    // Whatever happens to the gather, it has looked at the child's error.
    const outcome = outcomeOf(child);
    if (this.done()) return;
    if (outcome.failed && !this.#returnExceptions) this._fail(outcome.error);
    else if (this.#unfinished === 0) this.#end();
  };

  #end(): void {
    if (this.#cancellation !== null) {
      const last = this.#children.at(-1) as Future;
      this._fail(last.cancelled() ? errorOf(last) : this.#cancellation);
    } else {
      this._finish(this.#children.map((child) => resultOrErrorOf(child)));
    }
  }
}

function resultOrErrorOf(future: Future): unknown {
  const outcome = outcomeOf(future);
  return outcome.failed ? outcome.error : outcome.value;
}

function errorOf(future: Future): unknown {
  const outcome = outcomeOf(future);
  return outcome.failed ? outcome.error : undefined;
}

function isAwaitable(value: unknown): boolean {
  return typeof value === 'function' || isPromiseLike(value) || isCoroutine(value);
}

function refuse(value: unknown): never {
  const hint =
    typeof value === 'object' && value !== null && Symbol.iterator in value
      ? '; several are spread: gather(...aws) and not gather(aws)'
      : '';
  throw new TypeError(
    `Expected each argument of gather() to be a future, promise, coroutine or function, got ${describe(value)}${hint}`,
  );
}

function splitOptions(args: readonly unknown[]): {
  readonly aws: readonly unknown[];
  readonly returnExceptions: boolean;
} {
  const last = args.at(-1);
  if (!isOptions(last)) return { aws: args, returnExceptions: false };
  checkOptions(last, ['returnExceptions'], 'gather');
  return { aws: args.slice(0, -1), returnExceptions: last.returnExceptions ?? false };
}

function isOptions(value: unknown): value is GatherOptions {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && !isFuture(value) && !isPromiseLike(value) && !isCoroutine(value);
}
