import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError, RuntimeError, TimeoutError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { currentTask } from '../task/current-task.ts';
import { runVirtual } from '../testing/index.ts';
import { sleep } from './sleep.ts';
import { TaskGroup } from './task-group.ts';
import { Timeout, timeout, timeoutAt } from './timeout.ts';

describe.each(styles)('timeout ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));
  const limited = <T>(delay: number | null, script: (limit: Timeout) => Script<T>) =>
    until(timeout(delay, (limit) => body(() => script(limit))()));

  it('HL-025 gives what the body returns in time, and leaves no timer', () =>
    run(function* () {
      const loop = getRunningLoop();
      const result = yield* limited(1000, function* (limit) {
        expect(limit.when()).toBe(loop.time() + 1000);
        yield* until(sleep(1));
        expect(limit.expired()).toBe(false);
        return 'result';
      });
      expect(result).toBe('result');
      yield* until(sleep(1));
      expect(loop.time()).toBeCloseTo(2, 9);
    }));

  it('HL-025 cancels the body once, and turns its CancelledError into a TimeoutError', () =>
    run(function* () {
      const trace: string[] = [];
      let limit: Timeout | undefined;
      let inner: unknown;
      const error = yield* caught(
        limited(2, function* (given) {
          limit = given;
          try {
            yield* until(sleep(100));
          } catch (caughtInside) {
            inner = caughtInside;
            trace.push(`cancelling ${currentTask()?.cancelling()}`);
            yield* until(sleep(3));
            trace.push('tidied up');
            throw caughtInside;
          }
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as TimeoutError).cause).toBe(inner);
      expect(inner).toBeInstanceOf(CancelledError);
      expect(trace).toEqual(['cancelling 1', 'tidied up']);
      expect(limit?.expired()).toBe(true);
      expect(currentTask()?.cancelling()).toBe(0);
      yield* until(sleep(1));
      expect(getRunningLoop().time()).toBeCloseTo(6, 9);
    }));

  it('HL-026 takes an absolute time with timeoutAt, and null for no limit', () =>
    run(function* () {
      const loop = getRunningLoop();
      yield* until(sleep(10));
      const at = (when: number | null) =>
        until(timeoutAt(when, () => body(() => until(sleep(5, 'slept')))()));
      expect(yield* caught(at(12))).toBeInstanceOf(TimeoutError);
      expect(loop.time()).toBeCloseTo(12, 9);
      expect(yield* at(null)).toBe('slept');
      expect(yield* limited(null, () => until(sleep(5, 'slept')))).toBe('slept');
    }));

  it.each([0, -1])('HL-026 with a delay of %d fires where the body first waits', (delay) =>
    run(function* () {
      const trace: string[] = [];
      const error = yield* caught(
        limited(delay, function* () {
          trace.push('begun');
          yield* until(sleep(0));
          trace.push('gone on');
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect(trace).toEqual(['begun']);
      const result = yield* limited(delay, function* () {
        return 'no wait';
      });
      expect(result).toBe('no wait');
      yield* until(sleep(1));
    }),
  );

  it('HL-027 has expired if the body swallows the cancellation, without a TimeoutError', () =>
    run(function* () {
      let limit: Timeout | undefined;
      const result = yield* limited(1, function* (given) {
        limit = given;
        yield* caught(until(sleep(5)));
        return 'swallowed';
      });
      expect([result, limit?.expired(), limit?.when()]).toEqual(['swallowed', true, 1]);
      expect(currentTask()?.cancelling()).toBe(0);
    }));

  it('HL-027 lets another error pass', () =>
    run(function* () {
      const other = new Error('other');
      let limit: Timeout | undefined;
      const error = yield* caught(
        limited(1, function* (given) {
          limit = given;
          yield* caught(until(sleep(5)));
          throw other;
        }),
      );
      expect(error).toBe(other);
      expect(limit?.expired()).toBe(true);
    }));

  it('HL-028 moves the deadline, or removes it', () =>
    run(function* () {
      const loop = getRunningLoop();
      const error = yield* caught(
        limited(1, function* (limit) {
          limit.reschedule(5);
          expect(limit.when()).toBe(5);
          yield* until(sleep(3));
          limit.reschedule(null);
          yield* until(sleep(10));
          limit.reschedule(loop.time() + 1);
          yield* until(sleep(10));
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect(loop.time()).toBeCloseTo(14, 9);
      const past = yield* caught(
        limited(null, function* (limit) {
          limit.reschedule(loop.time() - 1);
          yield* until(sleep(0));
        }),
      );
      expect(past).toBeInstanceOf(TimeoutError);
    }));

  it('HL-028 cannot be rescheduled unless its body runs and the time is not over', () =>
    run(function* () {
      const refusal = (limit: Timeout) => {
        try {
          limit.reschedule(5);
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
        return 'none';
      };
      const limit = new Timeout(1);
      expect(refusal(limit)).toBe('RuntimeError: Timeout has not been entered');
      const expiring = body(function* () {
        yield* caught(until(sleep(5)));
        expect(refusal(limit)).toBe('RuntimeError: Cannot change state of expiring Timeout');
      });
      yield* until(limit.run(expiring));
      expect(refusal(limit)).toBe('RuntimeError: Cannot change state of expired Timeout');
      const finished = new Timeout(null);
      yield* until(finished.run(body(function* () {})));
      expect(refusal(finished)).toBe('RuntimeError: Cannot change state of finished Timeout');
    }));

  it('HL-029 runs one body only', () =>
    run(function* () {
      const limit = new Timeout(null);
      const again = body(function* () {
        const error = yield* caught(until(limit.run(body(function* () {}))));
        expect(error).toMatchObject({
          name: 'RuntimeError',
          message: 'Timeout has already been entered',
        });
      });
      yield* until(limit.run(again));
      expect(yield* caught(until(limit.run(again)))).toBeInstanceOf(RuntimeError);
    }));

  it('HL-030 leaves a cancellation from outside a CancelledError', () =>
    run(function* () {
      const job = (delay: number) =>
        createTask(
          body(() =>
            limited(delay, function* () {
              yield* until(sleep(100));
            }),
          ),
        );
      const early = job(50);
      const both = job(1);
      // Created before the timer is due, runs in the same iteration as it.
      getRunningLoop().callAt(1, () => both.cancel('outside'));
      yield* until(sleep(0));
      early.cancel('outside');
      expect(yield* caught(until(early))).toMatchObject({ args: ['outside'] });
      expect(early.cancelling()).toBe(1);
      expect(yield* caught(until(both))).toBeInstanceOf(CancelledError);
      expect(both.cancelled()).toBe(true);
    }));

  it.each([
    [1, 5, 'inner TimeoutError, outer fine', 1],
    [5, 1, 'inner CancelledError, outer TimeoutError', 1],
    [1, 1, 'inner CancelledError, outer TimeoutError', 1],
  ])('HL-030 of nested timeouts of %d and %d s the right one fires', (inner, outer, what, when) =>
    run(function* () {
      const seen: string[] = [];
      const error = yield* errorOrNull(function* () {
        yield* limited(outer, function* () {
          const inside = yield* caught(
            limited(inner, function* () {
              yield* until(sleep(100));
            }),
          );
          seen.push(`inner ${(inside as Error).name}`);
          if (inside instanceof CancelledError) throw inside;
        });
      });
      seen.push(`outer ${error === null ? 'fine' : (error as Error).name}`);
      expect(seen.join(', ')).toBe(what);
      expect(getRunningLoop().time()).toBeCloseTo(when, 9);
      expect(currentTask()?.cancelling()).toBe(0);
    }),
  );

  it('HL-030 does not count a cancellation that was handled before', () =>
    run(function* () {
      const task = createTask(
        body(function* () {
          yield* caught(until(sleep(100)));
          expect(currentTask()?.cancelling()).toBe(1);
          const error = yield* caught(
            limited(1, function* () {
              yield* until(sleep(100));
            }),
          );
          expect(currentTask()?.cancelling()).toBe(1);
          return error;
        }),
      );
      yield* until(sleep(1));
      task.cancel();
      expect(yield* until(task)).toBeInstanceOf(TimeoutError);
    }));

  it('HL-031 has the texts of the reference', () =>
    run(function* () {
      const texts: string[] = [];
      const limit = new Timeout(12.3456);
      texts.push(limit.toString());
      const inside = body(function* () {
        texts.push(limit.toString());
        yield* caught(until(sleep(100)));
        texts.push(limit.toString());
      });
      yield* until(limit.run(inside));
      texts.push(limit.toString());
      const unlimited = new Timeout(null);
      const finish = body(function* () {
        texts.push(unlimited.toString());
      });
      yield* until(unlimited.run(finish));
      texts.push(unlimited.toString());
      expect(texts).toEqual([
        '<Timeout [created]>',
        '<Timeout [active] when=12.346>',
        '<Timeout [expiring]>',
        '<Timeout [expired]>',
        '<Timeout [active] when=null>',
        '<Timeout [finished]>',
      ]);
    }));

  it('goes on to the next wait after the task has cancelled itself inside', () =>
    run(function* () {
      const trace: string[] = [];
      const task = createTask(
        body(function* () {
          yield* limited(50, function* () {
            yield* until(sleep(1));
            currentTask()?.cancel('self');
            trace.push('goes on inside');
          });
          trace.push('goes on outside');
          yield* until(sleep(1));
          trace.push('never');
        }),
      );
      expect(yield* caught(until(task))).toMatchObject({ args: ['self'] });
      expect(trace).toEqual(['goes on inside', 'goes on outside']);
    }));

  it('HL-030 is not deceived by the cancellation that a task group inside has renewed', () =>
    run(function* () {
      // The group renews it at its end, for the next wait: there is none until the timeout ends.
      const result = yield* limited(1, function* () {
        const cleanUp = body(function* () {
          yield* caught(until(sleep(100)));
          throw new Error('clean-up');
        });
        yield* caught(
          until(
            TaskGroup.run((group) => {
              void group.createTask(cleanUp);
              return body(() => until(sleep(100)))();
            }),
          ),
        );
        return 'result';
      });
      expect(result).toBe('result');
      expect(currentTask()?.cancelling()).toBe(0);
      yield* until(sleep(1));
    }));

  it('rejects with TypeError for a bad delay or body', () =>
    run(function* () {
      const message = 'Expected delay to be a number, got "long"';
      expect(
        yield* caught(
          until(
            timeout(
              'long' as never,
              body(function* () {}),
            ),
          ),
        ),
      ).toMatchObject({
        name: 'TypeError',
        message,
      });
      expect(yield* caught(until(timeout(1, 5 as never)))).toBeInstanceOf(TypeError);
      expect(
        yield* caught(
          until(
            timeoutAt(
              NaN,
              body(function* () {}),
            ),
          ),
        ),
      ).toBeInstanceOf(TypeError);
      expect(() => new Timeout('noon' as never)).toThrow(TypeError);
    }));
});

/** What `script` throws, or `null`. */
function* errorOrNull(script: () => Script<unknown>): Script<unknown> {
  try {
    yield* script();
    return null;
  } catch (error) {
    return error;
  }
}

it('HL-029 rejects outside of a task', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  loop.callSoon(() => {
    timeout(1, async () => {}).catch((error: unknown) => {
      seen.push(error);
      loop.stop();
    });
  });
  await loop.runForever();
  loop.close();
  expect(seen).toEqual([new RuntimeError('Timeout should be used inside a task')]);
});

it('cancels its own part of the task only, when several run side by side', () =>
  runVirtual(async () => {
    const results = await Promise.allSettled([
      timeout(1, async () => await sleep(5, 'slow')),
      timeout(9, async () => await sleep(5, 'slow')),
      sleep(5, 'free'),
    ]);
    expect(
      results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name)),
    ).toEqual(['TimeoutError', 'slow', 'free']);
    expect(currentTask()?.cancelling()).toBe(0);
  }));

it('cancels an async function that awaits a foreign promise when that settles', () =>
  runVirtual(async () => {
    const error = await timeout(1, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await sleep(9);
    }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
  }));

it('gives the task a fresh signal once the cancellation is used up', () =>
  runVirtual(async () => {
    const task = currentTask();
    const before = task?.signal;
    await timeout(1, async () => await sleep(5)).catch(() => {});
    expect(before?.aborted).toBe(true);
    expect(task?.signal.aborted).toBe(false);
    expect(task?.signal).toBe(task?.signal);
  }));
