import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { RuntimeError, TimeoutError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { asCompleted } from './as-completed.ts';
import { sleep } from './sleep.ts';

describe.each(styles)('asCompleted ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-020 gives the results one by one, in the order in which they come', () =>
    run(function* () {
      const loop = getRunningLoop();
      const trace: unknown[] = [];
      for (const next of asCompleted([
        sleep(3, 'c'),
        body(() => until(sleep(1, 'a'))),
        sleep(2, 'b'),
      ])) {
        trace.push(yield* until(next), loop.time());
      }
      expect(trace).toEqual(['a', 1, 'b', 2, 'c', 3]);
    }));

  it('HL-020 throws what an awaitable throws, and goes on', () =>
    run(function* () {
      const error = new Error('failed');
      const failing = body(function* () {
        yield* until(sleep(1));
        throw error;
      });
      const [first, second] = [...asCompleted([sleep(2, 'fine'), failing])];
      expect(yield* caught(until(first as Future))).toBe(error);
      expect(yield* until(second as Future)).toBe('fine');
    }));

  it('HL-020 gives the very tasks to asynchronous iteration, and tasks of its own for the rest', () =>
    run(function* () {
      const slow = createTask(body(() => until(sleep(2, 'slow'))));
      const quick = createTask(body(() => until(sleep(1, 'quick'))));
      const iterator = asCompleted([slow, quick, sleep(3, 'sleep')])[Symbol.asyncIterator]();
      const order: Future[] = [];
      for (;;) {
        const { done, value } = yield* until(iterator.next());
        if (done === true) break;
        expect(value.done()).toBe(true);
        order.push(value);
      }
      expect([order[0] === quick, order[1] === slow, order.length]).toEqual([true, true, 3]);
      expect(order[2]?.result()).toBe('sleep');
    }));

  it('HL-020 can be left and resumed', () =>
    run(function* () {
      const completed = asCompleted([sleep(1, 'a'), sleep(2, 'b'), sleep(3, 'c')]);
      const trace: string[] = [];
      for (const next of completed) {
        trace.push(yield* until(next));
        break;
      }
      const iterator = completed[Symbol.asyncIterator]();
      const second = yield* until(iterator.next());
      if (second.done !== true) trace.push(second.value.result());
      for (const next of completed) trace.push(yield* until(next));
      expect(trace).toEqual(['a', 'b', 'c']);
      expect([...completed]).toEqual([]);
    }));

  it('HL-020 counts one that is given twice once', () =>
    run(function* () {
      const task = createTask(body(() => until(sleep(1))));
      const given = [...asCompleted([task, task])];
      expect(given).toHaveLength(1);
      yield* until(given[0] as Future);
      expect([...asCompleted([])]).toEqual([]);
    }));

  it('HL-021 throws TimeoutError for each that is left, and cancels none', () =>
    run(function* () {
      const loop = getRunningLoop();
      const slow = createTask(body(() => until(sleep(9, 'slow'))));
      const slower = createTask(body(() => until(sleep(10, 'slower'))));
      const trace: unknown[] = [];
      for (const next of asCompleted([slow, sleep(1, 'quick'), slower], { timeout: 5 })) {
        try {
          trace.push(yield* until(next));
        } catch (error) {
          trace.push((error as Error).name);
        }
        trace.push(loop.time());
      }
      expect(trace).toEqual(['quick', 1, 'TimeoutError', 5, 'TimeoutError', 5]);
      expect([slow.cancelling(), yield* until(slow), yield* until(slower)]).toEqual([
        0,
        'slow',
        'slower',
      ]);
    }));

  it('HL-021 throws TimeoutError to asynchronous iteration', () =>
    run(function* () {
      const iterator = asCompleted([sleep(9)], { timeout: 1 })[Symbol.asyncIterator]();
      expect(yield* caught(until(iterator.next()))).toBeInstanceOf(TimeoutError);
      expect(yield* until(iterator.next())).toEqual({ done: true, value: undefined });
    }));

  it('HL-021 has no timer left once all are completed', () =>
    run(function* () {
      const [only] = [...asCompleted([sleep(1)], { timeout: 1000 })];
      yield* until(only as Future);
      yield* until(sleep(1));
      expect(getRunningLoop().time()).toBeCloseTo(2, 9);
    }));

  it('HL-021 refuses a single awaitable and what cannot be awaited', () =>
    run(function* () {
      const future = getRunningLoop().createFuture();
      expect(() => asCompleted(future as never)).toThrow(
        new TypeError('expects an iterable of awaitables, not Future'),
      );
      expect(() => asCompleted((function* () {})() as never)).toThrow(TypeError);
      expect(() => asCompleted((() => {}) as never)).toThrow(TypeError);
      expect(() => asCompleted(7 as never)).toThrow(TypeError);
      expect(() => asCompleted([7] as never)).toThrow(TypeError);
      expect(() => asCompleted([future], { timeout: 'long' as never })).toThrow(TypeError);
      expect(() => asCompleted([future], { limit: 5 } as never)).toThrow(/no option "limit"/);
    }));
});

it('HL-020 works with for await', () =>
  runVirtual(async () => {
    const tasks = [2, 1, 3].map((delay) =>
      createTask(async () => await sleep(delay, delay), { name: `after ${delay}` }),
    );
    const names: string[] = [];
    for await (const task of asCompleted(tasks)) {
      names.push(task.getName());
      if (names.length === 2) break;
    }
    for await (const task of asCompleted(tasks.slice(2))) names.push(task.getName());
    expect(names).toEqual(['after 1', 'after 2', 'after 3']);
  }));

it('HL-021 ends for await with TimeoutError', () =>
  runVirtual(async () => {
    const loop = async (): Promise<void> => {
      for await (const task of asCompleted([sleep(1), sleep(9)], { timeout: 3 })) task.result();
    };
    await expect(loop()).rejects.toThrow(TimeoutError);
  }));

it('needs a loop', () => {
  expect(() => asCompleted([])).toThrow(RuntimeError);
});
