import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { CancelledError, InvalidStateError, RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop, setEventLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { wrapFuture } from './wrap-future.ts';

let loop: EventLoop;
const reported = vi.fn<(message: unknown) => void>();

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  reported.mockReset();
  loop.setExceptionHandler((_loop, { message }) => reported(message));
});

afterEach(() => {
  setEventLoop(null);
  loop.close();
  if (reported.mock.calls.length > 0) throw new Error(`reported: ${reported.mock.calls.join()}`);
});

/** Stands in for the future of an executor: a promise that can be cancelled until its job begins. */
class Job<T> implements PromiseLike<T> {
  state: 'queued' | 'running' | 'finished' | 'cancelled' = 'queued';
  readonly #promise: Promise<T>;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  constructor() {
    this.#promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#promise.catch(() => {});
  }

  then<A, B>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  begin(): void {
    this.state = 'running';
  }

  finish(value: T): void {
    this.state = 'finished';
    this.#resolve(value);
  }

  fail(error: unknown): void {
    this.state = 'finished';
    this.#reject(error);
  }

  cancel(): boolean {
    if (this.state !== 'queued') return this.state === 'cancelled';
    this.state = 'cancelled';
    this.#reject(new CancelledError());
    return true;
  }
}

/** Microtasks and everything else that is due have run. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Runs one iteration. */
function runOnce(): Promise<void> {
  loop.stop();
  return loop.runForever();
}

describe('wrapFuture', () => {
  it('FUT-034 gives a future of a loop back as it is', () => {
    const future = loop.createFuture();
    expect(wrapFuture(future) === future).toBe(true);
  });

  it('FUT-034 makes a future on the given, the running or the current loop', async () => {
    expect(wrapFuture(new Job(), { loop }).getLoop()).toBe(loop);
    const other = new EventLoop();
    setEventLoop(other);
    expect(wrapFuture(new Job()).getLoop()).toBe(other);
    await loop.runUntilComplete(async () => {
      expect(wrapFuture(new Job()).getLoop()).toBe(loop);
    });
    other.close();
  });

  it('FUT-034 is a RuntimeError without any loop', () => {
    expect(() => wrapFuture(new Job())).toThrow(RuntimeError);
  });

  it.each([42, 'text', null, undefined, {}, () => {}])('FUT-034 refuses %s', (value) => {
    const wrap = (): unknown => wrapFuture(value as never, { loop });
    expect(wrap).toThrow(TypeError);
    expect(wrap).toThrow(/^Expected a promise or a future, got ./);
  });

  it('FUT-034 refuses options that it does not know, and a loop that is none', () => {
    const wrap = wrapFuture as (promise: unknown, options: unknown) => unknown;
    expect(() => wrap(new Job(), { lop: loop })).toThrow(
      'wrapFuture() has no option "lop"; it takes loop',
    );
    expect(() => wrap(new Job(), { loop: 42 })).toThrow(
      'Expected loop to be an event loop, got 42',
    );
  });

  it('FUT-035 brings the outcome by an iteration of the loop', async () => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    job.begin();
    job.finish('result');
    await settled();
    expect(wrapper.done()).toBe(false);
    await runOnce();
    expect(wrapper.result()).toBe('result');
  });

  it('FUT-035 wakes an idle loop', async () => {
    const job = new Job<string>();
    setImmediate(() => job.finish('result'));
    expect(await loop.runUntilComplete(wrapFuture(job, { loop }))).toBe('result');
  });

  it('FUT-035 resumes no coroutine between two callbacks of the loop', async () => {
    const trace: string[] = [];
    await loop.runUntilComplete(async () => {
      const now = countIterations(getRunningLoop());
      const job = new Job<string>();
      loop.callSoon(() => {
        job.finish('result');
        trace.push(`${now()}: finished`);
      });
      loop.callSoon(() => trace.push(`${now()}: behind`));
      await wrapFuture(job);
      trace.push('resumed');
    });
    expect(trace).toEqual(['1: finished', '1: behind', 'resumed']);
  });

  it.each([
    ['an error', new RangeError('failed')],
    ['an InvalidStateError', new InvalidStateError('failed')],
    ['what is no Error', 'failed'],
    ['undefined', undefined],
  ])('FUT-035 passes %s on as it is', async (_what, error) => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    job.fail(error);
    await settled();
    await runOnce();
    expect(wrapper.cancelled()).toBe(false);
    expect(wrapper.exception()).toBe(error);
  });

  it('FUT-036 cancels a job that has not begun', async () => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    expect(wrapper.cancel()).toBe(true);
    expect(job.state).toBe('queued');
    await runOnce();
    expect(job.state).toBe('cancelled');
    expect(wrapper.cancelled()).toBe(true);
  });

  it.each<[string, (job: Job<string>) => void]>([
    ['result', (job) => job.finish('result')],
    ['error', (job) => job.fail(new Error('failed'))],
  ])('FUT-036 lets a running job go on, and drops its %s', async (_what, end) => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    job.begin();
    wrapper.cancel();
    await runOnce();
    expect(job.state).toBe('running');
    end(job);
    await settled();
    await runOnce();
    expect(wrapper.cancelled()).toBe(true);
  });

  it('FUT-036 is cancelled by a job that is cancelled from its own side', async () => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    job.cancel();
    await settled();
    await runOnce();
    expect(wrapper.cancelled()).toBe(true);
  });

  it('FUT-037 stays cancelled if the job has finished before the next iteration', async () => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    job.finish('result');
    await settled();
    wrapper.cancel();
    await runOnce();
    await runOnce();
    expect(wrapper.cancelled()).toBe(true);
    expect(await job).toBe('result');
    expect(job.state).toBe('finished');
  });

  it('FUT-037 ignores a job that finishes after the loop was closed', async () => {
    const job = new Job<string>();
    const wrapper = wrapFuture(job, { loop });
    loop.close();
    job.finish('result');
    await settled();
    expect(wrapper.done()).toBe(false);
  });
});
