import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError, TimeoutError } from '../error/errors.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { currentTask } from '../task/current-task.ts';
import { runVirtual } from '../testing/index.ts';
import { sleep } from './sleep.ts';
import { waitFor } from './wait-for.ts';

describe.each(styles)('waitFor ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-018 gives the result in time', () =>
    run(function* () {
      expect(yield* until(waitFor(sleep(1, 'future'), 2))).toBe('future');
      expect(
        yield* until(
          waitFor(
            body(() => until(sleep(1, 'body'))),
            null,
          ),
        ),
      ).toBe('body');
      expect(yield* until(waitFor(Promise.resolve('promise'), 2))).toBe('promise');
      const error = new Error('failed');
      const failing = body(function* () {
        yield* until(sleep(1));
        throw error;
      });
      expect(yield* caught(until(waitFor(failing, 2)))).toBe(error);
    }));

  it('HL-018 runs a body as a part of the current task', () =>
    run(function* () {
      const me = currentTask();
      const inside = body(function* () {
        yield* until(sleep(1));
        expect(currentTask()).toBe(me);
      });
      yield* until(waitFor(inside, 2));
    }));

  it('HL-018 cancels after the timeout, waits for the clean-up, and rejects with TimeoutError', () =>
    run(function* () {
      const loop = getRunningLoop();
      const tidy = createTask(
        body(function* () {
          try {
            yield* until(sleep(100));
          } finally {
            yield* until(sleep(5));
          }
        }),
      );
      const error = yield* caught(until(waitFor(tidy, 2)));
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as TimeoutError).cause).toBeInstanceOf(CancelledError);
      expect(tidy.cancelled()).toBe(true);
      expect(loop.time()).toBeCloseTo(7, 9);
      expect(currentTask()?.cancelling()).toBe(0);
      yield* until(sleep(1));
    }));

  it('HL-018 gives what comes out in spite of the cancellation', () =>
    run(function* () {
      const stubborn = body(function* () {
        yield* caught(until(sleep(100)));
        return 'stubborn';
      });
      expect(yield* until(waitFor(stubborn, 1))).toBe('stubborn');
      const other = new Error('other');
      const failing = body(function* () {
        yield* caught(until(sleep(100)));
        throw other;
      });
      expect(yield* caught(until(waitFor(failing, 1)))).toBe(other);
    }));

  it.each([0, -1])('HL-019 does not start a body with a timeout of %d', (timeout) =>
    run(function* () {
      let started = false;
      const job = body(function* () {
        started = true;
      });
      expect(yield* caught(until(waitFor(job, timeout)))).toBeInstanceOf(TimeoutError);
      expect(started).toBe(false);
    }),
  );

  it('HL-019 looks at a future once with a timeout of 0, and cancels it if it is not done', () =>
    run(function* () {
      const done = getRunningLoop().createFuture<string>();
      done.setResult('done');
      expect(yield* until(waitFor(done, 0))).toBe('done');
      const running = createTask(body(() => until(sleep(100))));
      yield* until(sleep(1));
      expect(yield* caught(until(waitFor(running, 0)))).toBeInstanceOf(TimeoutError);
      expect(running.cancelled()).toBe(true);
      const stubborn = createTask(
        body(function* () {
          yield* caught(until(sleep(100)));
          return 'stubborn';
        }),
      );
      yield* until(sleep(1));
      expect(yield* until(waitFor(stubborn, 0))).toBe('stubborn');
    }));

  it('HL-019 cancels the inner task when it is cancelled', () =>
    run(function* () {
      const inner = createTask(body(() => until(sleep(100))));
      const outer = createTask(body(() => until(waitFor(inner, 50))));
      yield* until(sleep(1));
      outer.cancel('enough');
      expect(yield* caught(until(outer))).toMatchObject({ args: ['enough'] });
      expect(inner.cancelled()).toBe(true);
    }));

  it('HL-019 loses no cancellation that comes together with the result', () =>
    run(function* () {
      const inner = getRunningLoop().createFuture<string>();
      const outer = createTask(body(() => until(waitFor(inner, 50))));
      yield* until(sleep(1));
      inner.setResult('result');
      outer.cancel();
      expect(yield* caught(until(outer))).toBeInstanceOf(CancelledError);
      expect(outer.cancelled()).toBe(true);
    }));

  it('rejects with TypeError for a bad timeout or awaitable', () =>
    run(function* () {
      expect(yield* caught(until(waitFor(sleep(0), 'long' as never)))).toMatchObject({
        name: 'TypeError',
        message: 'Expected timeout to be a number, got "long"',
      });
      expect(yield* caught(until(waitFor(5 as never, 1)))).toBeInstanceOf(TypeError);
      expect(yield* caught(until(waitFor(null as never, null)))).toBeInstanceOf(TypeError);
      expect(yield* caught(until(waitFor(5 as never, 0)))).toBeInstanceOf(TypeError);
    }));
});

it('HL-018 limits a promise, which goes on by itself', () =>
  runVirtual(async () => {
    const never = new Promise<never>(() => {});
    await expect(waitFor(never, 3)).rejects.toThrow(TimeoutError);
    expect(getRunningLoop().time()).toBeCloseTo(3, 9);
  }));

it('HL-018 limits several side by side in one async function', () =>
  runVirtual(async () => {
    const results = await Promise.allSettled([
      waitFor(sleep(9), 1),
      waitFor(sleep(2, 'in time'), 5),
      waitFor(async () => await sleep(9), 3),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(getRunningLoop().time()).toBeCloseTo(3, 9);
    expect(currentTask()?.cancelling()).toBe(0);
  }));
