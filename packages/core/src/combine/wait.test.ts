import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import type { Task } from '../task/task.ts';
import { runVirtual } from '../testing/index.ts';
import { sleep } from './sleep.ts';
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from './wait.ts';

describe.each(styles)('wait ($style)', ({ body }) => {
  const task = (delay: number, error?: Error): Task<number> =>
    createTask(
      body(function* () {
        yield* until(sleep(delay));
        if (error !== undefined) throw error;
        return delay;
      }),
    );

  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-016 waits for all by default, and throws no error of theirs', () =>
    run(function* () {
      const tasks = [task(1), task(3, new Error('failed')), task(2)];
      tasks[2]?.cancel();
      const [done, pending] = yield* until(wait(tasks));
      expect(placesOf(done, tasks)).toEqual([0, 1, 2]);
      expect(pending.size).toBe(0);
      expect(tasks[1]?.exception()).toMatchObject({ message: 'failed' });
      expect(getRunningLoop().time()).toBeCloseTo(3, 9);
    }));

  it.each([
    [FIRST_COMPLETED, undefined, 1],
    [FIRST_EXCEPTION, undefined, 2],
    [FIRST_EXCEPTION, 1.5, 1.5],
    [ALL_COMPLETED, undefined, 3],
    [ALL_COMPLETED, 2.5, 2.5],
    [ALL_COMPLETED, 0, 0],
  ] as const)('HL-016 with %s and a timeout of %s returns after %d', (returnWhen, timeout, end) =>
    run(function* () {
      const tasks = [task(3), task(2, new Error('failed')), task(1)];
      const [done, pending] = yield* until(wait(tasks, { returnWhen, timeout }));
      expect(getRunningLoop().time()).toBeCloseTo(end, 9);
      const finished = [0, 1, 2].filter((place) => tasks[place]?.done());
      expect(placesOf(done, tasks)).toEqual(finished);
      const unfinished = [0, 1, 2].filter((place) => !tasks[place]?.done());
      expect(placesOf(pending, tasks)).toEqual(unfinished);
      for (const one of pending) expect(one.cancelling()).toBe(0);
      tasks[1]?.cancel();
    }),
  );

  it('HL-016 takes a cancelled task for no exception', () =>
    run(function* () {
      const tasks = [task(5), task(9)];
      tasks[1]?.cancel();
      const [done] = yield* until(wait(tasks, { returnWhen: FIRST_EXCEPTION }));
      expect(done.size).toBe(2);
    }));

  it('HL-016 has everything in done that finished by then', () =>
    run(function* () {
      const tasks = [1, 2, 3].map(() => createTask(body(() => until(sleep(0)))));
      const [done] = yield* until(wait(tasks, { returnWhen: FIRST_COMPLETED }));
      expect(done.size).toBe(3);
    }));

  it('HL-016 leaves the tasks alone when it is cancelled', () =>
    run(function* () {
      const child = task(5);
      const waiter = createTask(body(() => until(wait([child]))));
      yield* until(sleep(1));
      waiter.cancel();
      expect(yield* caught(until(waiter))).toBeInstanceOf(CancelledError);
      expect(child.cancelling()).toBe(0);
      expect(yield* until(child)).toBe(5);
    }));

  it('HL-017 refuses a single future or coroutine, coroutines inside, and nothing', () =>
    run(function* () {
      const refusal = function* (aws: unknown, options?: object): Script<unknown> {
        return yield* caught(until(wait(aws as never, options)));
      };
      const one = task(0);
      expect(yield* refusal(one)).toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(
          /^expect a list of futures, not Task: aws is an iterable such as \[task\], got <Task /,
        ),
      });
      expect(yield* refusal((function* () {})())).toBeInstanceOf(TypeError);
      expect(yield* refusal(5)).toBeInstanceOf(TypeError);
      expect(yield* refusal([one, 5])).toMatchObject({
        name: 'TypeError',
        message: 'expect a list of futures: expected a future in aws, got 5',
      });
      expect(yield* refusal([one, body(() => until(one))])).toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(
          /^Passing coroutines is forbidden, use tasks explicitly: in aws, got \[function /,
        ),
      });
      expect(yield* refusal([])).toMatchObject({
        name: 'ValueError',
        message: 'Set of Tasks/Futures is empty: aws is []',
      });
      expect(yield* refusal([one], { returnWhen: 'SOME' })).toMatchObject({
        name: 'ValueError',
        message:
          'Invalid return_when value: expected returnWhen to be FIRST_COMPLETED, FIRST_EXCEPTION or ' +
          'ALL_COMPLETED, got "SOME"',
      });
      expect(yield* refusal([one], { timeout: 'long' })).toBeInstanceOf(TypeError);
      expect(yield* refusal([one], { return_when: ALL_COMPLETED })).toBeInstanceOf(TypeError);
    }));

  it('HL-017 takes any iterable, counts duplicates once, and follows promises', () =>
    run(function* () {
      const one = task(1);
      const [done] = yield* until(wait([one, one].values()));
      expect(placesOf(done, [one])).toEqual([0]);
      const [settled] = yield* until(wait<number | string>([one, Promise.resolve('promise')]));
      expect([...settled].map((future) => future.result())).toEqual([1, 'promise']);
    }));
});

/** Which of `tasks` are in the set, by their place. */
function placesOf(set: ReadonlySet<Future>, tasks: readonly Future[]): number[] {
  return [...set].map((one) => tasks.indexOf(one));
}
