import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError, RuntimeError, ValueError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { BoundedSemaphore, Semaphore } from './semaphore.ts';

describe.each(styles)('Semaphore ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));
  const acquirer = (semaphore: Semaphore, name: string, trace: string[]) =>
    createTask(
      body(function* () {
        yield* until(semaphore.acquire());
        trace.push(name);
      }),
    );

  it('HL-044 gives as many permits as it has, and then lets wait', () =>
    run(function* () {
      const semaphore = new Semaphore(2);
      expect(Boolean(yield* until(semaphore.acquire()))).toBe(true);
      expect(semaphore.locked()).toBe(false);
      yield* until(semaphore.acquire());
      expect(semaphore.locked()).toBe(true);
      const third = semaphore.acquire();
      expect(third.done()).toBe(false);
      semaphore.release();
      yield* until(third);
      expect(semaphore.locked()).toBe(true);
    }));

  it('HL-044 gives them in the order of arrival, also when several come at once', () =>
    run(function* () {
      const semaphore = new Semaphore(0);
      const trace: string[] = [];
      for (const name of ['a', 'b', 'c']) void acquirer(semaphore, name, trace);
      yield* until(sleep(0));
      semaphore.release();
      semaphore.release();
      // A permit is left for nobody else: two waiters have been chosen, and one still waits.
      expect(semaphore.locked()).toBe(true);
      void acquirer(semaphore, 'd', trace);
      yield* until(sleep(1));
      expect(trace).toEqual(['a', 'b']);
      semaphore.release();
      semaphore.release();
      yield* until(sleep(1));
      expect(trace).toEqual(['a', 'b', 'c', 'd']);
    }));

  it('HL-044 is locked while somebody waits, though it has a permit', () =>
    run(function* () {
      const semaphore = new Semaphore(1);
      const trace: string[] = [];
      yield* until(semaphore.acquire());
      const first = acquirer(semaphore, 'first', trace);
      yield* until(sleep(0));
      semaphore.release();
      semaphore.release();
      expect(semaphore.locked()).toBe(true);
      const overtaker = semaphore.acquire();
      expect(overtaker.done()).toBe(false);
      yield* until(overtaker);
      trace.push('overtaker');
      yield* until(first);
      expect(trace).toEqual(['first', 'overtaker']);
    }));

  it('HL-044 gets the permit of a chosen waiter back that is cancelled', () =>
    run(function* () {
      const semaphore = new Semaphore(0);
      const trace: string[] = [];
      const a = acquirer(semaphore, 'a', trace);
      const b = acquirer(semaphore, 'b', trace);
      yield* until(sleep(0));
      semaphore.release();
      a.cancel();
      expect(yield* caught(until(a))).toBeInstanceOf(CancelledError);
      yield* until(b);
      expect(trace).toEqual(['b']);
      const c = acquirer(semaphore, 'c', trace);
      yield* until(sleep(0));
      semaphore.release();
      c.cancel();
      yield* caught(until(c));
      expect(semaphore.toString()).toBe('<Semaphore [unlocked, value:1]>');
    }));

  it('HL-044 has more permits after extra releases', () =>
    run(function* () {
      const semaphore = new Semaphore(1);
      semaphore.release();
      expect(semaphore.toString()).toBe('<Semaphore [unlocked, value:2]>');
      yield* until(semaphore.acquire());
      yield* until(semaphore.acquire());
      expect(semaphore.locked()).toBe(true);
    }));

  it('HL-044 is released by its guard', () =>
    run(function* () {
      const semaphore = new Semaphore();
      {
        using _ = yield* until(semaphore.acquire());
        expect(semaphore.locked()).toBe(true);
      }
      expect(semaphore.locked()).toBe(false);
    }));

  it('HL-045 refuses more releases than acquisitions if it is bounded', () =>
    run(function* () {
      const semaphore = new BoundedSemaphore(1);
      const refusal = new ValueError('BoundedSemaphore released too many times');
      expect(() => semaphore.release()).toThrow(refusal);
      {
        using _ = yield* until(semaphore.acquire());
        expect(semaphore.locked()).toBe(true);
      }
      expect(() => semaphore.release()).toThrow(refusal);
    }));
});

it('HL-044 refuses a negative number, and what is no number', () => {
  expect(() => new Semaphore(-1)).toThrow(
    new ValueError('Semaphore initial value must be >= 0, got -1'),
  );
  expect(() => new BoundedSemaphore(-1)).toThrow(ValueError);
  expect(() => new Semaphore('2' as never)).toThrow(
    new TypeError('Expected value to be a number, got "2"'),
  );
});

it('HL-048 takes no loop', () => {
  expect(() => new Semaphore(1, { loop: null } as never)).toThrow(
    new TypeError('Semaphore() takes no further arguments, got [object Object]'),
  );
  expect(() => new BoundedSemaphore(1, { loop: null } as never)).toThrow(TypeError);
});

it('HL-048 belongs to the loop under which it first had to wait', async () => {
  const semaphore = new Semaphore(0);
  using first = new EventLoop();
  using second = new EventLoop();
  await first.runUntilComplete(async () => {
    const waiter = createTask(() => semaphore.acquire());
    await sleep(0);
    waiter.cancel();
  });
  await expect(second.runUntilComplete(() => semaphore.acquire())).rejects.toThrow(
    new RuntimeError('<Semaphore [locked]> is bound to a different event loop'),
  );
});

it('HL-048 has a text that says how many permits there are', () =>
  runVirtual(async () => {
    const semaphore = new BoundedSemaphore(1);
    expect(semaphore.toString()).toBe('<BoundedSemaphore [unlocked, value:1]>');
    await semaphore.acquire();
    const waiter = createTask(() => semaphore.acquire());
    await sleep(0);
    expect(semaphore.toString()).toBe('<BoundedSemaphore [locked, waiters:1]>');
    waiter.cancel();
  }));
