import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { Condition } from './condition.ts';
import { Lock } from './lock.ts';

describe.each(styles)('Condition ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  /** A task that waits under the lock, and says when it goes on. */
  const waiter = (condition: Condition, name: string, trace: unknown[]) =>
    createTask(
      body(function* () {
        using _ = yield* until(condition.acquire());
        const result = yield* until(condition.wait());
        trace.push(name);
        expect(condition.locked()).toBe(true);
        return result;
      }),
    );

  it('HL-042 releases the lock while it waits, and has it again when it goes on', () =>
    run(function* () {
      const condition = new Condition();
      const trace: string[] = [];
      const task = waiter(condition, 'woken', trace);
      yield* until(sleep(0));
      expect(condition.locked()).toBe(false);
      const guard = yield* until(condition.acquire());
      condition.notify();
      yield* until(sleep(1));
      expect(trace).toEqual([]);
      guard[Symbol.dispose]();
      expect(yield* until(task)).toBe(true);
      expect(trace).toEqual(['woken']);
      expect(condition.locked()).toBe(false);
    }));

  it('HL-042 wakes as many as it is told, in their order', () =>
    run(function* () {
      const condition = new Condition();
      const trace: string[] = [];
      const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => waiter(condition, name, trace));
      yield* until(sleep(0));
      const notify = function* (send: () => void): Script<string> {
        using _ = yield* until(condition.acquire());
        send();
        condition.release();
        yield* until(sleep(1));
        yield* until(condition.acquire());
        return trace.join('');
      };
      expect(yield* notify(() => condition.notify(0))).toBe('');
      expect(yield* notify(() => condition.notify())).toBe('a');
      expect(yield* notify(() => condition.notify(2))).toBe('abc');
      expect(yield* notify(() => condition.notifyAll())).toBe('abcde');
      expect(yield* notify(() => condition.notify(5))).toBe('abcde');
      for (const task of tasks) yield* until(task);
    }));

  it('HL-042 needs the lock to wait and to notify', () =>
    run(function* () {
      const condition = new Condition();
      expect(yield* caught(until(condition.wait()))).toEqual(
        new RuntimeError('cannot wait on un-acquired lock'),
      );
      const refusal = new RuntimeError('cannot notify on un-acquired lock');
      expect(() => condition.notify()).toThrow(refusal);
      expect(() => condition.notifyAll()).toThrow(refusal);
      yield* until(condition.acquire());
      expect(() => condition.notify('all' as never)).toThrow(
        new TypeError('Expected n to be a number, got "all"'),
      );
    }));

  it('HL-042 waits for a predicate, and gives its last value', () =>
    run(function* () {
      const condition = new Condition();
      const items: string[] = [];
      let asked = 0;
      const consumer = createTask(
        body(function* () {
          using _ = yield* until(condition.acquire());
          return yield* until(
            condition.waitFor(() => {
              asked += 1;
              return items.at(0);
            }),
          );
        }),
      );
      for (const item of ['', 'item']) {
        yield* until(sleep(1));
        using _ = yield* until(condition.acquire());
        items.unshift(item);
        condition.notify();
      }
      expect(yield* until(consumer)).toBe('item');
      expect(asked).toBe(3);
      yield* until(condition.acquire());
      expect(yield* caught(until(condition.waitFor(7 as never)))).toBeInstanceOf(TypeError);
      const error = new Error('predicate');
      const failing = condition.waitFor(() => {
        throw error;
      });
      expect(yield* caught(until(failing))).toBe(error);
    }));

  it('HL-043 passes the notification on if the notified waiter is cancelled', () =>
    run(function* () {
      const condition = new Condition();
      const trace: string[] = [];
      const a = waiter(condition, 'a', trace);
      const b = waiter(condition, 'b', trace);
      yield* until(sleep(0));
      {
        using _ = yield* until(condition.acquire());
        condition.notify();
        // It has to get the lock before it can throw.
        a.cancel();
        yield* until(sleep(1));
        expect(a.done()).toBe(false);
      }
      expect(yield* caught(until(a))).toBeInstanceOf(CancelledError);
      yield* until(b);
      expect(trace).toEqual(['b']);
    }));

  it('HL-043 throws the original CancelledError, and holds the lock while it does', () =>
    run(function* () {
      const condition = new Condition();
      let thrown: unknown;
      let locked: boolean | undefined;
      const task = createTask(
        body(function* () {
          using _ = yield* until(condition.acquire());
          try {
            yield* until(condition.waitFor(() => false));
          } catch (error) {
            thrown = error;
            locked = condition.locked();
            throw error;
          }
        }),
      );
      yield* until(sleep(0));
      task.cancel('enough');
      const error = yield* caught(until(task));
      expect(error).toBe(thrown);
      expect(error).toMatchObject({ args: ['enough'] });
      expect([locked, condition.locked()]).toEqual([true, false]);
    }));

  it('HL-043 takes the lock again however often it is cancelled, and throws the last one', () =>
    run(function* () {
      const condition = new Condition();
      const task = waiter(condition, 'never', []);
      yield* until(sleep(0));
      const guard = yield* until(condition.acquire());
      for (const message of ['first', 'second', 'third']) {
        task.cancel(message);
        yield* until(sleep(1));
        expect(task.done()).toBe(false);
      }
      guard[Symbol.dispose]();
      expect(yield* caught(until(task))).toMatchObject({ args: ['third'] });
      expect(condition.locked()).toBe(false);
    }));

  it('HL-043 shares a given lock', () =>
    run(function* () {
      const lock = new Lock();
      const conditions = [new Condition(lock), new Condition(lock)] as const;
      yield* until(conditions[0].acquire());
      expect([lock.locked(), conditions[1].locked()]).toEqual([true, true]);
      conditions[1].release();
      expect(lock.locked()).toBe(false);
      yield* until(sleep(0));
    }));
});

it('HL-048 refuses what is no lock, a loop among them', () => {
  using loop = new EventLoop();
  expect(() => new Condition({ loop } as never)).toThrow(
    new TypeError('Expected lock to be a Lock, got [object Object]'),
  );
  expect(() => new Condition(new Lock(), { loop } as never)).toThrow(TypeError);
});

it('HL-048 belongs to the loop under which it first had to wait', async () => {
  const condition = new Condition();
  using first = new EventLoop();
  using second = new EventLoop();
  await first.runUntilComplete(async () => {
    const waiter = createTask(async () => {
      using _ = await condition.acquire();
      await condition.wait();
    });
    await sleep(0);
    waiter.cancel();
  });
  const wait = async (): Promise<void> => {
    using _ = await condition.acquire();
    await condition.wait();
  };
  await expect(second.runUntilComplete(wait)).rejects.toThrow(
    new RuntimeError('<Condition [locked]> is bound to a different event loop'),
  );
});

it('HL-048 has a text that says whether its lock is locked', () =>
  runVirtual(async () => {
    const condition = new Condition();
    expect(condition.toString()).toBe('<Condition [unlocked]>');
    await condition.acquire();
    expect(condition.toString()).toBe('<Condition [locked]>');
    const waiter = createTask(() => condition.wait());
    await sleep(0);
    expect(condition.toString()).toBe('<Condition [unlocked, waiters:1]>');
    waiter.cancel();
  }));
