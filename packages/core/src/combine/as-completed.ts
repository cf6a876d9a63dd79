import { checkNumber, checkOptions } from '../error/check-argument.ts';
import { typeName } from '../error/describe.ts';
import { TimeoutError } from '../error/errors.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import type { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import type { TimerHandle } from '../loop/handle.ts';
import { getEventLoop } from '../loop/running-loop.ts';
import { Queue } from '../sync/queue.ts';
import { completed, operation } from '../task/operation.ts';
import { isCoroutine, isPromiseLike, type Awaitable, type Coroutine } from '../task/task-body.ts';

/** Options of {@link asCompleted}. */
export interface AsCompletedOptions {
  /** Seconds for all of them together; `null`, as by default, for no limit. */
  readonly timeout?: number | null | undefined;
}

/**
 * Runs awaitables side by side, and gives them in the order in which they end.
 *
 * Asynchronous iteration gives the futures, each done: the very tasks and futures that were given,
 * and a task for everything else.
 *
 * ```ts
 * for await (const task of asCompleted(tasks)) console.log(task.getName(), task.result());
 * ```
 *
 * Plain iteration gives, without waiting, as many futures as there are awaitables; the n-th ends as
 * the n-th awaitable to end does.
 *
 * ```ts
 * for (const next of asCompleted(jobs)) console.log(await next);
 * ```
 *
 * Either can be left and resumed. One given twice counts once. When the time is over, each that is
 * left gives a `TimeoutError`; what has not ended goes on.
 *
 * @throws {TypeError} `aws` is no iterable, or holds something that cannot be awaited.
 * @throws {RuntimeError} There is no loop.
 * @see CPython `asyncio.as_completed`
 */
export function asCompleted<F extends Future>(
  aws: Iterable<F>,
  options?: AsCompletedOptions,
): AsCompleted<F>;
export function asCompleted<T>(
  aws: Iterable<Awaitable<T>>,
  options?: AsCompletedOptions,
): AsCompleted<Future<T>>;
export function asCompleted(
  aws: Iterable<Awaitable<unknown>>,
  options: AsCompletedOptions = {},
): AsCompleted {
  checkOptions(options, ['timeout'], 'asCompleted');
  const { timeout = null } = options;
  if (timeout !== null) checkNumber(timeout, 'timeout');
  if (!isIterable(aws) || isFuture(aws) || isCoroutine(aws) || isPromiseLike(aws)) {
    throw new TypeError(`expects an iterable of awaitables, not ${typeName(aws)}`);
  }
  return new AsCompleted(new Set(aws), timeout);
}

/** What {@link asCompleted} gives: to be iterated in one of two ways. */
export class AsCompleted<F extends Future = Future>
  implements Iterable<Future<ResultOf<F>>>, AsyncIterable<F>
{
  // Those that have ended, in that order; `null` is one that has not when the time was over.
  readonly #ended = new Queue<F | null>();
  readonly #todo = new Set<F>();
  readonly #timer: TimerHandle | null = null;
  #left: number;

  /** @internal */
  constructor(aws: ReadonlySet<Awaitable<unknown>>, timeout: number | null) {
    const loop = getEventLoop();
    for (const aw of aws) this.#todo.add(ensureFuture(aw, { loop }) as F);
    this.#left = this.#todo.size;
    for (const future of this.#todo) future.addDoneCallback(this.#onDone);
    if (this.#left > 0 && timeout !== null) {
      this.#timer = loop.callLater(timeout, () => this.#onTimeout());
    }
  }

  [Symbol.iterator](): Iterator<Future<ResultOf<F>>, void, undefined> {
    return {
      next: () =>
        this.#takeOne()
          ? { done: false, value: operation(() => this.#resultOfNext()) }
          : { done: true, value: undefined },
    };
  }

  /** In a generator coroutine: `yield* iterator.next()`. */
  [Symbol.asyncIterator](): AsCompletedIterator<F> {
    return {
      next: () =>
        this.#takeOne()
          ? operation(() => this.#next())
          : completed({ done: true, value: undefined }),
    };
  }

  /** Counts one off, if one is left. */
  #takeOne(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  *#next(): Coroutine<IteratorResult<F, void>> {
    return { done: false, value: yield* this.#nextEnded() };
  }

  *#resultOfNext(): Coroutine<ResultOf<F>> {
    const future = yield* this.#nextEnded();
    return future.result() as ResultOf<F>;
  }

  *#nextEnded(): Coroutine<F> {
    const future = yield* this.#ended.get();
    if (future === null) throw new TimeoutError();
    return future;
  }

  readonly #onDone = (future: Future): void => {
    // The time may have been over first.
    if (!this.#todo.delete(future as F)) return;
    this.#ended.putNowait(future as F);
    if (this.#todo.size === 0) this.#timer?.cancel();
  };

  #onTimeout(): void {
    for (const future of this.#todo) {
      future.removeDoneCallback(this.#onDone);
      this.#ended.putNowait(null);
    }
    this.#todo.clear();
  }
}

/** The asynchronous iterator, whose `next()` can be awaited in both styles. */
export interface AsCompletedIterator<F> extends AsyncIterator<F, void, undefined> {
  next(): Future<IteratorResult<F, void>>;
}

type ResultOf<F> = F extends Future<infer T> ? T : never;

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
