import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { Event } from './event.ts';

describe.each(styles)('Event ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-041 lets a wait pass at once while it is set', () =>
    run(function* () {
      const event = new Event();
      expect(event.isSet()).toBe(false);
      event.set();
      expect(event.isSet()).toBe(true);
      const waiting = event.wait();
      expect(waiting.done()).toBe(true);
      expect(yield* until(waiting)).toBe(true);
      event.clear();
      expect(event.isSet()).toBe(false);
      expect(event.wait().done()).toBe(false);
    }));

  it('HL-041 wakes all who wait, in their order, in the next iteration', () =>
    run(function* () {
      const event = new Event();
      const trace: unknown[] = [];
      for (const name of ['a', 'b', 'c']) {
        void createTask(
          body(function* () {
            trace.push([name, yield* until(event.wait())]);
          }),
        );
      }
      yield* until(sleep(0));
      event.set();
      expect(trace).toEqual([]);
      yield* until(sleep(0));
      expect(trace).toEqual([
        ['a', true],
        ['b', true],
        ['c', true],
      ]);
    }));

  it('HL-041 wakes them even if it is cleared at once', () =>
    run(function* () {
      const event = new Event();
      const waiter = createTask(body(() => until(event.wait())));
      yield* until(sleep(0));
      event.set();
      event.clear();
      const late = createTask(body(() => until(event.wait())));
      yield* until(sleep(0));
      yield* until(sleep(0));
      expect([waiter.done(), late.done()]).toEqual([true, false]);
      late.cancel();
    }));

  it('HL-041 forgets who is cancelled', () =>
    run(function* () {
      const event = new Event();
      const waiter = createTask(body(() => until(event.wait())));
      yield* until(sleep(0));
      expect(event.toString()).toBe('<Event [unset, waiters:1]>');
      waiter.cancel();
      expect(yield* caught(until(waiter))).toBeInstanceOf(CancelledError);
      expect(event.toString()).toBe('<Event [unset]>');
      event.set();
      expect(event.toString()).toBe('<Event [set]>');
    }));
});

it('HL-048 belongs to the loop under which it first had to wait', async () => {
  const event = new Event();
  using first = new EventLoop();
  using second = new EventLoop();
  await first.runUntilComplete(async () => {
    const waiter = createTask(() => event.wait());
    await sleep(0);
    waiter.cancel();
  });
  await expect(second.runUntilComplete(() => event.wait())).rejects.toThrow(
    new RuntimeError('<Event [unset]> is bound to a different event loop'),
  );
});

it('HL-048 takes no loop', () => {
  expect(() => new Event({ loop: null } as never)).toThrow(TypeError);
});
