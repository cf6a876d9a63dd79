import { isMainThread } from 'node:worker_threads';
import { CancelledError, KeyboardInterrupt, type Runner } from '@loop/core';
import { exitAsInterrupted } from './exit-status.ts';

/**
 * Runs main so that Ctrl-C ends it: the first SIGINT cancels the main task, which may clean up; the
 * second leaves the loop at once. Without effect in workers, and where the program handles SIGINT.
 *
 * @see CPython `Runner.run`
 */
export async function runInterruptible(
  runner: Runner,
  run: () => Promise<unknown>,
): Promise<unknown> {
  if (!isMainThread || process.listenerCount('SIGINT') > 0) return run();
  let interrupts = 0;
  const onInterrupt = (): void => {
    // A handler that main has added since then takes precedence.
    if (process.listenerCount('SIGINT') > 1) return;
    interrupts += 1;
    if (interrupts === 1 && runner.mainTask?.done() === false) runner.mainTask.cancel();
    else runner.getLoop().callSoonThreadsafe(interrupt);
  };
  process.on('SIGINT', onInterrupt);
  const { mainTask } = runner;
  try {
    return await run();
  } catch (error) {
    if (error instanceof KeyboardInterrupt) exitAsInterrupted(error);
    // Only if nobody else has cancelled main too is the interrupt the reason.
    if (error instanceof CancelledError && interrupts > 0 && mainTask?.uncancel() === 0) {
      const interrupted = new KeyboardInterrupt();
      exitAsInterrupted(interrupted);
      throw interrupted;
    }
    throw error;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function interrupt(): never {
  throw new KeyboardInterrupt();
}
