import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { CancelledError, InvalidStateError } from '../error/errors.ts';
import { PoolFuture, type JobControl } from './pool-future.ts';

/** What an executor would do, and a record of it. */
function fakeControl(withdraws: boolean): JobControl & { trace: string[] } {
  const trace: string[] = [];
  return {
    trace,
    withdraw: () => trace.push('withdraw') > 0 && withdraws,
    started: () => !withdraws,
    abort: () => void trace.push('abort'),
  };
}

describe('PoolFuture', () => {
  it('EXEC-017 can be cancelled while it is pending, and is cancelled from then on', async () => {
    const future = new PoolFuture<number>();
    expect([future.running(), future.done(), future.cancelled()]).toEqual([false, false, false]);
    expect([future.cancel(), future.cancel()]).toEqual([true, true]);
    expect([future.running(), future.done(), future.cancelled()]).toEqual([false, true, true]);
    await expect(future).rejects.toThrow(CancelledError);
  });

  it('EXEC-017 cannot be cancelled while it runs, nor when it has finished', () => {
    const future = new PoolFuture<number>();
    expect(future.setRunningOrNotifyCancel()).toBe(true);
    expect([future.running(), future.cancel(), future.done()]).toEqual([true, false, false]);
    future.setResult(1);
    expect([future.running(), future.cancel(), future.done()]).toEqual([false, false, true]);
  });

  it('EXEC-017 says to the executor that the job was cancelled and must not run', () => {
    const future = new PoolFuture<number>();
    future.cancel();
    expect(future.setRunningOrNotifyCancel()).toBe(false);
    const running = new PoolFuture<number>();
    running.setRunningOrNotifyCancel();
    expect(() => running.setRunningOrNotifyCancel()).toThrow('in unexpected state: running');
  });

  it('asks the executor to take the job back, and to stop one that runs', () => {
    const queued = fakeControl(true);
    expect([new PoolFuture(queued).cancel(), queued.trace]).toEqual([true, ['withdraw']]);
    const started = fakeControl(false);
    const future = new PoolFuture<number>(started);
    expect([future.running(), future.cancel()]).toEqual([true, false]);
    expect([future.abort(), started.trace]).toEqual([true, ['withdraw', 'withdraw', 'abort']]);
    future.setResult(1);
    expect([future.abort(), started.trace.length]).toEqual([false, 3]);
  });

  it('EXEC-018 gives the outcome at once or not at all, and a promise for waiting', async () => {
    const future = new PoolFuture<number>();
    expect(() => future.result()).toThrow(InvalidStateError);
    expect(() => future.exception()).toThrow('Result is not set.');
    const awaited = Promise.all([future, future.then((value) => value + 1)]);
    future.setResult(1);
    expect(await awaited).toEqual([1, 2]);
    expect([future.result(), future.exception(), await future]).toEqual([1, null, 1]);
  });

  it('EXEC-018 throws CancelledError once it is cancelled', async () => {
    const future = new PoolFuture<number>();
    const awaited = errorOf(future.finally(() => {}));
    future.cancel();
    expect(await awaited).toBeInstanceOf(CancelledError);
    expect(() => future.result()).toThrow(CancelledError);
    expect(() => future.exception()).toThrow(CancelledError);
  });

  it('throws the error of the job, whatever it is', async () => {
    const failed = new PoolFuture<number>();
    failed.setException(new RangeError('far'));
    expect(failed.exception()).toBeInstanceOf(RangeError);
    expect(() => failed.result()).toThrow('far');
    expect(await failed.catch((error: unknown) => String(error))).toBe('RangeError: far');
    const odd = new PoolFuture<number>();
    odd.setException(null);
    await expect(odd).rejects.toThrow('the job threw null');
  });

  it('keeps an error that nobody asks for to itself', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    new PoolFuture<number>().setException(new Error('nobody looks'));
    new PoolFuture<number>().cancel();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('EXEC-019 calls done callbacks at once in order, and goes on after one that throws', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const future = new PoolFuture<number>();
    const trace: unknown[] = [];
    future.addDoneCallback((done) => trace.push(['first', done.result()]));
    future.addDoneCallback(() => {
      throw new Error('bad callback');
    });
    future.addDoneCallback(() => trace.push('third'));
    future.setResult(1);
    trace.push('finished');
    future.addDoneCallback(() => trace.push('late'));
    expect(trace).toEqual([['first', 1], 'third', 'finished', 'late']);
    expect(log).toHaveBeenCalledWith(
      'exception calling callback for <PoolFuture state=finished returned 1>',
      expect.objectContaining({ message: 'bad callback' }),
    );
    log.mockRestore();
    expect(() => future.addDoneCallback(5 as never)).toThrow('Expected callback to be a function');
  });

  it.each([5, 'many', true, [], {}, () => {}, { withdraw: 5 }, Symbol('control')])(
    'refuses %s for who has the job',
    (control) => {
      expect(() => new PoolFuture(control as never)).toThrow(
        'Expected control to have a method withdraw(), or to be null, got ',
      );
    },
  );

  it('EXEC-020 refuses a second outcome, and keeps the first', () => {
    const future = new PoolFuture<number>();
    future.setResult(1);
    expect(() => future.setResult(2)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error('x'))).toThrow(
      'FINISHED: <PoolFuture state=finished returned 1>',
    );
    expect(future.result()).toBe(1);
  });
});
