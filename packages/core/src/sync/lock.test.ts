import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import type { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { Lock } from './lock.ts';

describe.each(styles)('Lock ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-039 is taken at once if it is free, by something truthy', () =>
    run(function* () {
      const lock = new Lock();
      const acquired = lock.acquire();
      expect(acquired.done()).toBe(true);
      expect(Boolean(yield* until(acquired))).toBe(true);
      expect(lock.locked()).toBe(true);
      lock.release();
      expect(lock.locked()).toBe(false);
    }));

  it('HL-039 goes to waiters in their order, and nobody overtakes', () =>
    run(function* () {
      const lock = new Lock();
      const trace: string[] = [];
      const job = (name: string) =>
        createTask(
          body(function* () {
            yield* until(lock.acquire());
            trace.push(name);
            yield* until(sleep(0));
            lock.release();
          }),
        );
      yield* until(lock.acquire());
      const tasks = [job('a'), job('b')];
      yield* until(sleep(0));
      lock.release();
      // Free for the moment, but promised to a.
      expect(lock.locked()).toBe(false);
      const mine = lock.acquire();
      expect(mine.done()).toBe(false);
      tasks.push(job('c'));
      yield* until(mine);
      trace.push('overtaker');
      lock.release();
      for (const task of tasks) yield* until(task);
      expect(trace).toEqual(['a', 'b', 'overtaker', 'c']);
    }));

  it('HL-039 cannot be released unless it is locked', () =>
    run(function* () {
      const lock = new Lock();
      expect(() => lock.release()).toThrow(new RuntimeError('Lock is not acquired.'));
      yield* until(lock.acquire());
      lock.release();
      expect(() => lock.release()).toThrow(RuntimeError);
    }));

  it('HL-039 is released by its guard on every exit, once', () =>
    run(function* () {
      const lock = new Lock();
      {
        using guard = yield* until(lock.acquire());
        expect(lock.locked()).toBe(true);
        guard[Symbol.dispose]();
        expect(lock.locked()).toBe(false);
      }
      const failing = function* (): Script<void> {
        using _ = yield* until(lock.acquire());
        throw new Error('failed');
      };
      yield* caught(failing());
      expect(lock.locked()).toBe(false);
      const cancelled = createTask(
        body(function* () {
          using _ = yield* until(lock.acquire());
          yield* until(sleep(10));
        }),
      );
      yield* until(sleep(1));
      expect(lock.locked()).toBe(true);
      cancelled.cancel();
      yield* caught(until(cancelled));
      expect(lock.locked()).toBe(false);
    }));

  it('HL-040 forgets a waiter that is cancelled', () =>
    run(function* () {
      const lock = new Lock();
      yield* until(lock.acquire());
      const [a, b] = ['a', 'b'].map((name) =>
        createTask(
          body(() => until(lock.acquire())),
          { name },
        ),
      );
      yield* until(sleep(0));
      a?.cancel();
      expect(lock.toString()).toBe('<Lock [locked, waiters:2]>');
      yield* until(sleep(0));
      expect(lock.toString()).toBe('<Lock [locked, waiters:1]>');
      lock.release();
      yield* until(sleep(0));
      expect([a?.cancelled(), b?.done(), lock.locked()]).toEqual([true, true, true]);
    }));

  it('HL-040 passes the lock on if the chosen waiter is cancelled', () =>
    run(function* () {
      const lock = new Lock();
      yield* until(lock.acquire());
      const a = createTask(body(() => until(lock.acquire())));
      const b = createTask(body(() => until(lock.acquire())));
      yield* until(sleep(0));
      lock.release();
      a.cancel();
      yield* until(sleep(0));
      yield* until(sleep(0));
      expect(yield* caught(until(a))).toBeInstanceOf(CancelledError);
      expect(b.done()).toBe(true);
      expect(lock.toString()).toBe('<Lock [locked]>');
    }));

  it('HL-040 wakes nobody else if the lock was taken meanwhile', () =>
    run(function* () {
      const lock = new Lock();
      yield* until(lock.acquire());
      const a = createTask(body(() => until(lock.acquire())));
      yield* until(sleep(0));
      const b = createTask(body(() => until(lock.acquire())));
      yield* until(sleep(0));
      // b, not chosen, is cancelled while a is.
      lock.release();
      b.cancel();
      yield* until(sleep(0));
      expect([a.done(), b.cancelled(), lock.locked()]).toEqual([true, true, true]);
    }));

  it('HL-048 belongs to the loop under which it first had to wait', async () => {
    const lock = new Lock();
    const contend = body(function* () {
      yield* until(lock.acquire());
      const waiter = createTask(body(() => until(lock.acquire())));
      yield* until(sleep(0));
      lock.release();
      yield* until(waiter);
    });
    const loops = [new EventLoop(), new EventLoop()] as const;
    await loops[0].runUntilComplete(contend);
    expect(lock.locked()).toBe(true);
    const error = await loops[1]
      .runUntilComplete(body(() => caught(until(lock.acquire()))))
      .finally(() => loops.forEach((loop) => loop.close()));
    expect(error).toEqual(new RuntimeError('<Lock [locked]> is bound to a different event loop'));
  });

  it('HL-048 is nothing that can be awaited', () =>
    run(function* () {
      expect(() => ensureFuture(new Lock() as never)).toThrow(TypeError);
      const lock = new Lock();
      const misuse = createTask(function* () {
        return yield* lock as unknown as Future;
      });
      expect(yield* caught(until(misuse))).toBeInstanceOf(TypeError);
    }));
});

it('HL-048 takes no loop', () => {
  const loop = new EventLoop();
  expect(() => new Lock({ loop } as never)).toThrow(
    new TypeError('Lock() takes no further arguments, got [object Object]'),
  );
  loop.close();
});

it('HL-048 has a text that says whether it is locked', async () => {
  await runVirtual(async () => {
    const lock = new Lock();
    expect(lock.toString()).toBe('<Lock [unlocked]>');
    await lock.acquire();
    expect(lock.toString()).toBe('<Lock [locked]>');
  });
});

it('wakes a hundred thousand waiters one by one without a quadratic search', () =>
  runVirtual(async () => {
    const lock = new Lock();
    await lock.acquire();
    let taken = 0;
    const waiters = Array.from({ length: 100_000 }, () =>
      createTask(function* () {
        yield* lock.acquire();
        taken += 1;
        lock.release();
      }),
    );
    await sleep(0);
    lock.release();
    await waiters.at(-1);
    expect(taken).toBe(100_000);
  }));
