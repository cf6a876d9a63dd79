import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import { BrokenBarrierError, CancelledError, RuntimeError, ValueError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { Barrier } from './barrier.ts';

describe.each(styles)('Barrier ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));
  const arrive = (barrier: Barrier) => createTask(body(() => until(barrier.wait())));

  it('HL-046 lets all go when the last one comes, each with its own number', () =>
    run(function* () {
      const barrier = new Barrier(3);
      expect([barrier.parties, barrier.nWaiting, barrier.broken]).toEqual([3, 0, false]);
      const first = [arrive(barrier), arrive(barrier)];
      yield* until(sleep(1));
      expect(barrier.nWaiting).toBe(2);
      expect(first.some((task) => task.done())).toBe(false);
      expect(yield* until(barrier.wait())).toBe(2);
      yield* until(sleep(1));
      expect(first.map((task) => task.result())).toEqual([0, 1]);
      expect(barrier.nWaiting).toBe(0);
    }));

  it('HL-046 lets a party of one go at once', () =>
    run(function* () {
      const barrier = new Barrier(1);
      expect(yield* until(barrier.wait())).toBe(0);
      expect(yield* until(barrier.wait())).toBe(0);
    }));

  it('HL-046 can be used again, and lets newcomers wait while it drains', () =>
    run(function* () {
      const barrier = new Barrier(2);
      const tasks = Array.from({ length: 5 }, () => arrive(barrier));
      yield* until(sleep(1));
      expect(tasks.map((task) => task.done())).toEqual([true, true, true, true, false]);
      expect(tasks.slice(0, 4).map((task) => task.result())).toEqual([0, 1, 0, 1]);
      expect(barrier.nWaiting).toBe(1);
      expect(yield* until(barrier.wait())).toBe(1);
      expect(yield* until(tasks[4] as (typeof tasks)[0])).toBe(0);
    }));

  it('HL-046 counts a cancelled waiter out', () =>
    run(function* () {
      const barrier = new Barrier(2);
      const cancelled = arrive(barrier);
      yield* until(sleep(1));
      cancelled.cancel();
      expect(yield* caught(until(cancelled))).toBeInstanceOf(CancelledError);
      expect(barrier.nWaiting).toBe(0);
      const other = arrive(barrier);
      yield* until(sleep(1));
      expect(other.done()).toBe(false);
      expect(yield* until(barrier.wait())).toBe(1);
      expect(yield* until(other)).toBe(0);
    }));

  it('HL-047 sends waiters away on reset, and can be used then', () =>
    run(function* () {
      const barrier = new Barrier(3);
      const tasks = [arrive(barrier), arrive(barrier)];
      yield* until(sleep(1));
      yield* until(barrier.reset());
      for (const task of tasks) {
        const error = yield* caught(until(task));
        expect(error).toBeInstanceOf(BrokenBarrierError);
        expect(error).toBeInstanceOf(RuntimeError);
      }
      expect([barrier.broken, barrier.nWaiting]).toEqual([false, 0]);
      const party = [arrive(barrier), arrive(barrier), arrive(barrier)];
      for (const task of party) yield* until(task);
      yield* until(barrier.reset());
      expect(barrier.broken).toBe(false);
    }));

  it('HL-047 lets newcomers in after a reset that is still going on', () =>
    run(function* () {
      const barrier = new Barrier(2);
      const early = arrive(barrier);
      yield* until(sleep(0));
      yield* until(barrier.reset());
      const party = [arrive(barrier), arrive(barrier)];
      yield* until(sleep(1));
      expect(yield* caught(until(early))).toBeInstanceOf(BrokenBarrierError);
      expect(party.map((task) => task.result())).toEqual([0, 1]);
    }));

  it('HL-047 stays broken after abort, until reset', () =>
    run(function* () {
      const barrier = new Barrier(2);
      const waiting = arrive(barrier);
      yield* until(sleep(1));
      yield* until(barrier.abort());
      expect(barrier.broken).toBe(true);
      expect(yield* caught(until(waiting))).toBeInstanceOf(BrokenBarrierError);
      expect(yield* caught(until(barrier.wait()))).toBeInstanceOf(BrokenBarrierError);
      yield* until(barrier.reset());
      expect(barrier.broken).toBe(false);
      const party = [arrive(barrier), arrive(barrier)];
      for (const task of party) yield* until(task);
    }));

  it('HL-047 aborts those who drain and those who wait in front alike', () =>
    run(function* () {
      const barrier = new Barrier(3);
      const tasks = [1, 2, 3, 4, 5].map(() => arrive(barrier));
      const aborting = createTask(body(() => until(barrier.abort())));
      yield* until(aborting);
      yield* until(sleep(1));
      const outcomes = tasks.map((task) => (task.exception() === null ? 'passed' : 'broken'));
      // As recorded from the reference: the abort comes before anybody but the last has left.
      expect(outcomes).toEqual(['broken', 'broken', 'passed', 'broken', 'broken']);
      expect(barrier.toString()).toBe('<Barrier [broken]>');
    }));
});

it('HL-046 refuses parties of less than one', () => {
  expect(() => new Barrier(0)).toThrow(new ValueError('parties must be > 0, got 0'));
  expect(() => new Barrier('2' as never)).toThrow(TypeError);
});

it('HL-048 takes no loop', () => {
  expect(() => new Barrier(2, { loop: null } as never)).toThrow(TypeError);
});

it('HL-048 belongs to the loop under which somebody first had to wait', async () => {
  const barrier = new Barrier(2);
  using first = new EventLoop();
  using second = new EventLoop();
  await first.runUntilComplete(async () => {
    const waiter = createTask(() => barrier.wait());
    await sleep(0);
    waiter.cancel();
  });
  await expect(second.runUntilComplete(() => barrier.wait())).rejects.toThrow(RuntimeError);
});

it('HL-048 has a text that says how full it is', () =>
  runVirtual(async () => {
    const barrier = new Barrier(2);
    expect(barrier.toString()).toBe('<Barrier [filling, waiters:0/2]>');
    const waiter = createTask(() => barrier.wait());
    await sleep(0);
    expect(barrier.toString()).toBe('<Barrier [filling, waiters:1/2]>');
    waiter.cancel();
  }));
