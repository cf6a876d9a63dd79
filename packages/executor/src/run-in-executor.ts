import {
  isCoroutineFunction,
  perLoop,
  RuntimeError,
  type Coroutine,
  type EventLoop,
  type Future,
  type PoolFuture,
} from '@loop/core';
import { describe } from '@loop/core/errors';
import { Executor } from './executor.ts';
import { LongTimer } from './long-timer.ts';
import type { Offloadable } from './offloadable.ts';
import { ThreadPoolExecutor } from './thread-pool-executor.ts';

/** The default executor of one loop. */
interface Default {
  executor: ThreadPoolExecutor | null;
  shutdownCalled: boolean;
}

const defaultOf = perLoop((): Default => ({ executor: null, shutdownCalled: false }));

/** See `EventLoop.runInExecutor`. */
export function runInExecutor<A extends readonly unknown[], R>(
  loop: EventLoop,
  executor: Executor | null,
  func: Offloadable<A, R>,
  args: A,
): Future<Awaited<R>> {
  return follow(loop, submitTo(loop, executor, func, args, null));
}

/** Submits to `executor`, or to the loop's default one, which is made when it is first needed. */
export function submitTo<A extends readonly unknown[], R>(
  loop: EventLoop,
  executor: Executor | null,
  func: Offloadable<A, R>,
  args: A,
  variables: Readonly<Record<string, unknown>> | null,
): PoolFuture<Awaited<R>> {
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
  if (loop.getDebug() && isCoroutineFunction(func)) {
    throw new TypeError('coroutines cannot be used with runInExecutor()');
  }
  const chosen = executor ?? defaultExecutor(loop);
  if (!(chosen instanceof Executor)) {
    throw new TypeError(`Expected executor to be an Executor or null, got ${describe(executor)}`);
  }
  return variables !== null && chosen instanceof ThreadPoolExecutor
    ? chosen._submitWith(variables, func, args)
    : chosen.submit(func, ...args);
}

/** A future of the loop that follows `job`: cancelling it takes the job back, or aborts it. */
export function follow<T>(loop: EventLoop, job: PoolFuture<T>): Future<T> {
  const future = loop.createFuture<T>();
  const arrive = (): void => {
    if (future.done()) return;
    if (job.cancelled()) {
      future.cancel();
      return;
    }
    const error = job.exception();
    if (error === null) future.setResult(job.result());
    else
      future.setException(
        error instanceof Error ? error : new Error(describe(error), { cause: error }),
      );
  };
  job.addDoneCallback(() => {
    // A job may end long after its loop.
    if (!future.done() && !loop.isClosed()) loop.callSoonThreadsafe(arrive);
  });
  future.addDoneCallback(() => {
    if (future.cancelled()) job.abort();
  });
  return future;
}

/** See `EventLoop.setDefaultExecutor`. */
export function setDefaultExecutor(loop: EventLoop, executor: unknown): void {
  if (!(executor instanceof ThreadPoolExecutor)) {
    throw new TypeError(`executor must be ThreadPoolExecutor instance, got ${describe(executor)}`);
  }
  defaultOf(loop).executor = executor;
}

/** See `EventLoop.shutdownDefaultExecutor`. */
export function* shutdownDefaultExecutor(loop: EventLoop, timeout: number | null): Coroutine<void> {
  const state = defaultOf(loop);
  state.shutdownCalled = true;
  if (state.executor === null) return;
  const { executor } = state;
  const ended = loop.createFuture<boolean>();
  // The loop may have been closed meanwhile, though not by who waits here.
  const open = (): boolean => !ended.done() && !loop.isClosed();
  const late = (): void => void (open() && ended.setResult(false));
  // Threads take real time, also where the loop's clock is virtual.
  const timer =
    timeout === null
      ? null
      : new LongTimer(timeout, () => !loop.isClosed() && loop.callSoonThreadsafe(late));
  executor.shutdown().then(
    () => open() && ended.setResult(true),
    (error: Error) => open() && ended.setException(error),
  );
  try {
    if (yield* ended) return;
    process.emitWarning(
      `The executor did not finishing joining its threads within ${timeout} seconds.`,
      'RuntimeWarning',
    );
  } finally {
    timer?.cancel();
  }
}

/** The loop closes: its executor ends when its jobs have, and nobody waits. */
export function closeDefaultExecutor(loop: EventLoop): void {
  const state = defaultOf(loop);
  state.shutdownCalled = true;
  state.executor?.shutdown({ wait: false }).catch((exception: Error) => {
    loop.callExceptionHandler({
      message: 'The default executor could not be shut down',
      exception,
    });
  });
  state.executor = null;
}

function defaultExecutor(loop: EventLoop): ThreadPoolExecutor {
  const state = defaultOf(loop);
  if (state.shutdownCalled) throw new RuntimeError('Executor shutdown has been called');
  state.executor ??= new ThreadPoolExecutor({ threadNamePrefix: 'asyncio' });
  return state.executor;
}
