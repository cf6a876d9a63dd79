import { checkNumber, checkOptions } from '../error/check-argument.ts';
import { describe, typeName } from '../error/describe.ts';
import { ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { isFuture } from '../future/is-future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { operation } from '../task/operation.ts';
import { isCoroutine, isPromiseLike, type Coroutine } from '../task/task-body.ts';

/** {@link wait} returns when any is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** {@link wait} returns when any has failed, or all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** {@link wait} returns when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When {@link wait} returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** Options of {@link wait}. */
export interface WaitOptions {
  /** Seconds after which it returns in any case; `null`, as by default, for no limit. */
  readonly timeout?: number | null | undefined;
  /** By default `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/**
 * Waits for some or all futures, and gives the set of those that are done and of those that are
 * not. It throws no error of theirs, and cancels none, not even when it is cancelled itself.
 *
 * ```ts
 * const [done, pending] = await wait(tasks, { timeout: 5, returnWhen: FIRST_COMPLETED });
 * ```
 *
 * Promises are followed by a future each, which is what is in the sets.
 *
 * Rejects with `TypeError` if `aws` is no iterable of futures (a coroutine or function has to be
 * made a task first, to be found in the sets), and with `ValueError` if it is empty or an option
 * cannot be used.
 *
 * @see CPython `asyncio.wait`
 */
export function wait<F extends Future>(
  aws: Iterable<F>,
  options?: WaitOptions,
): Future<[done: Set<F>, pending: Set<F>]>;
export function wait<T>(
  aws: Iterable<Future<T> | PromiseLike<T>>,
  options?: WaitOptions,
): Future<[done: Set<Future<T>>, pending: Set<Future<T>>]>;
export function wait(
  aws: Iterable<PromiseLike<unknown>>,
  options: WaitOptions = {},
): Future<[Set<Future>, Set<Future>]> {
  return operation(() => waiting(aws, options));
}

function* waiting(
  aws: Iterable<PromiseLike<unknown>>,
  options: WaitOptions,
): Coroutine<[Set<Future>, Set<Future>]> {
  checkOptions(options, ['timeout', 'returnWhen'], 'wait');
  const { timeout = null, returnWhen = ALL_COMPLETED } = options;
  const given = checkFutures(aws);
  if (given.size === 0)
    throw new ValueError(`Set of Tasks/Futures is empty: aws is ${describe(aws)}`);
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen)) {
    throw new ValueError(
      `Invalid return_when value: expected returnWhen to be FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED, got ${describe(returnWhen)}`,
    );
  }
  if (timeout !== null) checkNumber(timeout, 'timeout');
  const futures = new Set([...given].map((aw) => wrapFuture(aw)));
  yield* waitUntil(getRunningLoop(), futures, timeout, returnWhen);
  return partition(futures);
}

function* waitUntil(
  loop: EventLoop,
  futures: ReadonlySet<Future>,
  timeout: number | null,
  returnWhen: ReturnWhen,
): Coroutine<void> {
  const enough = loop.createFuture<void>();
  const end = (): void => {
    if (!enough.done()) enough.setResult();
  };
  const timer = timeout === null ? null : loop.callLater(timeout, end);
  let unfinished = futures.size;
  const onDone = (future: Future): void => {
    unfinished -= 1;
    if (
      unfinished > 0 &&
      returnWhen !== FIRST_COMPLETED &&
      !(returnWhen === FIRST_EXCEPTION && hasFailed(future))
    ) {
      return;
    }
    timer?.cancel();
    end();
  };
  for (const future of futures) future.addDoneCallback(onDone);
  try {
    yield* enough;
  } finally {
    timer?.cancel();
    for (const future of futures) future.removeDoneCallback(onDone);
  }
}

function hasFailed(future: Future): boolean {
  return !future.cancelled() && future.exception() !== null;
}

function partition(futures: ReadonlySet<Future>): [Set<Future>, Set<Future>] {
  const done = new Set<Future>();
  const pending = new Set<Future>();
  for (const future of futures) (future.done() ? done : pending).add(future);
  return [done, pending];
}

function checkFutures(aws: unknown): Set<PromiseLike<unknown>> {
  if (isFuture(aws) || isCoroutine(aws) || isPromiseLike(aws) || !isIterable(aws)) {
    throw new TypeError(
      `expect a list of futures, not ${typeName(aws)}: aws is an iterable such as [task], got ${describe(aws)}`,
    );
  }
  const given = new Set<PromiseLike<unknown>>();
  for (const aw of aws) {
    if (typeof aw === 'function' || isCoroutine(aw)) {
      throw new TypeError(
        `Passing coroutines is forbidden, use tasks explicitly: in aws, got ${describe(aw)}`,
      );
    }
    if (!isPromiseLike(aw)) {
      throw new TypeError(
        `expect a list of futures: expected a future in aws, got ${describe(aw)}`,
      );
    }
    given.add(aw);
  }
  return given;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
