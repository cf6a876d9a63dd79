import { describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { RuntimeError } from '../error/errors.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import type { Future } from './future.ts';

describe.each(styles)('awaiting a future ($style)', ({ body }) => {
  it('FUT-021 goes on in the iteration after the one in which the future is done', async () => {
    const trace: string[] = [];
    await runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const now = countIterations(loop);
        const future = loop.createFuture<string>();
        loop.callSoon(() => {
          trace.push(`${now()}: set`);
          loop.callSoon(() => trace.push(`${now()}: queued before`));
          future.setResult('result');
          loop.callSoon(() => trace.push(`${now()}: queued behind`));
        });
        trace.push(`${now()}: waits`);
        const result = yield* wait(future);
        trace.push(`${now()}: got ${result}`);
      }),
    );
    expect(trace).toEqual([
      '0: waits',
      '1: set',
      '2: queued before',
      '2: got result',
      '2: queued behind',
    ]);
  });

  it('FUT-021 does not give up control if the future is done already', async () => {
    const trace: string[] = [];
    await runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const now = countIterations(loop);
        const [finished, failed, cancelled] = [
          loop.createFuture<number>(),
          loop.createFuture(),
          loop.createFuture(),
        ];
        finished.setResult(1);
        failed.setException(new Error('failed'));
        cancelled.cancel('why');
        loop.callSoon(() => trace.push('callback'));
        trace.push(`got ${yield* wait(finished)}`);
        for (const future of [failed, cancelled]) {
          try {
            yield* wait(future);
          } catch (error) {
            trace.push(`caught ${String(error)}`);
          }
        }
        trace.push(`again ${yield* wait(finished)}`, `iteration ${now()}`);
        yield* turn();
      }),
    );
    expect(trace).toEqual([
      'got 1',
      'caught Error: failed',
      'caught CancelledError: why',
      'again 1',
      'iteration 0',
      'callback',
    ]);
  });

  it('FUT-022 resumes the tasks in the order in which they began to wait, in one iteration', async () => {
    const trace: string[] = [];
    await runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const now = countIterations(loop);
        const future = loop.createFuture<string>();
        const tasks = ['a', 'b', 'c'].map((name) =>
          loop.createTask(
            body(function* () {
              if (name === 'a') yield* turn();
              trace.push(`${name} waits`);
              const result = yield* wait(future);
              trace.push(`${now()}: ${name} got ${result}`);
            }),
          ),
        );
        yield* turn();
        yield* turn();
        future.setResult('it');
        for (const task of tasks) yield* wait(task);
      }),
    );
    expect(trace).toEqual([
      'b waits',
      'c waits',
      'a waits',
      '3: b got it',
      '3: c got it',
      '3: a got it',
    ]);
  });

  it('FUT-022 gives every one the same error', async () => {
    const error = new Error('shared');
    const caught: unknown[] = [];
    await runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const future = loop.createFuture();
        const tasks = [1, 2].map(() =>
          loop.createTask(
            body(function* () {
              try {
                yield* wait(future);
              } catch (thrown) {
                caught.push(thrown);
              }
            }),
          ),
        );
        yield* turn();
        future.setException(error);
        for (const task of tasks) yield* wait(task);
      }),
    );
    expect(caught).toHaveLength(2);
    expect(caught[0]).toBe(error);
    expect(caught[1]).toBe(error);
  });
});

describe('driving the iterator of a future by hand', () => {
  it('FUT-023 refuses to be resumed while the future is pending', async () => {
    await runVirtual(function* () {
      const future = getRunningLoop().createFuture<number>();
      const iterator = future[Symbol.iterator]();
      const handedOver = iterator.next();
      expect(handedOver.done).toBe(false);
      expect(handedOver.value === future).toBe(true);
      expect(() => iterator.next()).toThrow(new RuntimeError("await wasn't used with future"));
      future.setResult(1);
      expect(iterator.next()).toEqual({ done: true, value: 1 });
    });
  });

  it('ends when its generator is closed, and passes on what is thrown at it', () => {
    function* waits(future: Future<number>): Generator<unknown, number> {
      try {
        return yield* future;
      } finally {
        closed = true;
      }
    }
    let closed = false;
    return runVirtual(function* () {
      const coroutine = waits(getRunningLoop().createFuture());
      coroutine.next();
      expect(coroutine.return(5)).toEqual({ done: true, value: 5 });
      expect(closed).toBe(true);
      const other = waits(getRunningLoop().createFuture());
      other.next();
      const error = new Error('thrown in');
      expect(() => other.throw(error)).toThrow(error);
    });
  });
});
