/**
 * What this package does when it is imported: puts `runInExecutor` and `setDefaultExecutor` on the
 * loops, and has `shutdownDefaultExecutor` and `close` end the default executor.
 */
import { registerExtension, type Future } from '@loop/core';
import type { Executor } from './executor.ts';
import type { Offloadable } from './offloadable.ts';
import {
  closeDefaultExecutor,
  runInExecutor,
  setDefaultExecutor,
  shutdownDefaultExecutor,
} from './run-in-executor.ts';
import type { ThreadPoolExecutor } from './thread-pool-executor.ts';

declare module '@loop/core' {
  interface EventLoop {
    /**
     * Runs `func(...args)` in `executor`, or in the loop's default one for `null`. The call is
     * submitted at once, whether the future is awaited or not.
     *
     * Cancelling the future takes a queued job back. A job that runs has its `signal` aborted and goes
     * on; its outcome is dropped.
     *
     * @throws {RuntimeError} The loop is closed, or the executor shut down or broken.
     * @throws {TypeError} `func` cannot be sent.
     * @see CPython `loop.run_in_executor`
     */
    runInExecutor<A extends readonly unknown[], R>(
      executor: Executor | null,
      func: Offloadable<A, R>,
      ...args: A
    ): Future<Awaited<R>>;
    /**
     * Sets the executor that `runInExecutor(null, ...)` uses. The one before is not shut down.
     *
     * @throws {TypeError} `executor` is no ThreadPoolExecutor.
     * @see CPython `loop.set_default_executor`
     */
    setDefaultExecutor(executor: ThreadPoolExecutor): void;
  }
}

registerExtension({
  name: '@loop/executor',
  methods: {
    runInExecutor(
      executor: Executor | null,
      func: Offloadable<readonly unknown[], unknown>,
      ...args: readonly unknown[]
    ) {
      return runInExecutor(this, executor, func, args);
    },
    setDefaultExecutor(executor: ThreadPoolExecutor) {
      setDefaultExecutor(this, executor);
    },
  },
  shutdownDefaultExecutor,
  close: closeDefaultExecutor,
});
