import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { sleep } from '../combine/sleep.ts';
import { CancelledError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import { abortSignalOf, cancelOnAbort } from './abort-signals.ts';
import { createTask } from './create-task.ts';

const errorOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    (value) => expect.fail(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );

describe('cancelOnAbort()', () => {
  it('cancels a task through its finally, and keeps the reason', async () => {
    await runVirtual(async () => {
      const controller = new AbortController();
      const seen: string[] = [];
      const task = createTask(async () => {
        try {
          await sleep(60);
        } finally {
          seen.push('finally');
        }
      });
      const reason = new Error('enough');
      getRunningLoop().callLater(1, () => controller.abort(reason));
      const error = await errorOf(cancelOnAbort(task, controller.signal));
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).args).toEqual([reason]);
      expect(seen).toEqual(['finally']);
      expect(getRunningLoop().time()).toBeLessThan(60);
    });
  });

  it('cancels at once what is given a signal that is aborted', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<void>();
      expect(cancelOnAbort(future, AbortSignal.abort())).toBe(future);
      expect(future.cancelled()).toBe(true);
    });
  });

  it('wakes a loop that is idle: signals come from outside of it', async () => {
    const loop = new EventLoop();
    const controller = new AbortController();
    const future = loop.createFuture<void>();
    void cancelOnAbort(future, controller.signal);
    setImmediate(() => controller.abort());
    expect(await errorOf(loop.runUntilComplete(future))).toBeInstanceOf(CancelledError);
    loop.close();
  });

  it('leaves no listener once the future is done', async () => {
    await runVirtual(async () => {
      const { signal } = new AbortController();
      const future = cancelOnAbort(
        createTask(() => sleep(1)),
        signal,
      );
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      await future;
      await sleep(0);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      void cancelOnAbort(future, signal);
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  it('does nothing to the future of a closed loop', () => {
    const loop = new EventLoop();
    const controller = new AbortController();
    const future = cancelOnAbort(loop.createFuture<void>(), controller.signal);
    loop.close();
    controller.abort();
    expect(future.done()).toBe(false);
  });

  it('refuses other things', () => {
    const { signal } = new AbortController();
    expect(() => cancelOnAbort(Promise.resolve() as never, signal)).toThrow(
      'Expected a future, got [object Promise]',
    );
    const future = new EventLoop().createFuture<void>();
    expect(() => cancelOnAbort(future, 5 as never)).toThrow(
      'Expected signal to be an AbortSignal, got 5',
    );
  });
});

describe('abortSignalOf()', () => {
  it('aborts when the future is cancelled, and tells why', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<void>();
      const signal = abortSignalOf(future);
      expect(signal.aborted).toBe(false);
      future.cancel('not needed');
      await sleep(0);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBeInstanceOf(CancelledError);
      expect((signal.reason as CancelledError).args).toEqual(['not needed']);
      expect(abortSignalOf(future).aborted).toBe(true);
    });
  });

  it('stays quiet when the future has another outcome', async () => {
    await runVirtual(async () => {
      const future = getRunningLoop().createFuture<number>();
      const signal = abortSignalOf(future);
      future.setResult(1);
      await sleep(0);
      expect(signal.aborted).toBe(false);
    });
  });

  it('is the own signal of a task, aborted by the request', async () => {
    await runVirtual(async () => {
      const task = createTask(() => sleep(60));
      expect(abortSignalOf(task)).toBe(task.signal);
      task.cancel();
      expect(task.signal.aborted).toBe(true);
      await errorOf(task);
    });
  });
});
