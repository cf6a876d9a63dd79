import { describe, expect, it } from 'vitest';
import { sleep } from '../combine/sleep.ts';
import { gather } from '../combine/gather.ts';
import { CancelledError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/index.ts';

describe('sleep(0) in a generator', () => {
  it('HL-009 TASK-022 is one turn of the others, and gives its result', async () => {
    const trace = await runVirtual(function* () {
      const loop = getRunningLoop();
      const seen: unknown[] = [];
      const turn = sleep(0, 'result');
      expect(turn).toBeInstanceOf(Future);
      loop.callSoon(() => seen.push('queued before'));
      // As with the reference's coroutine the turn begins when it is awaited.
      const got = yield* turn;
      seen.push(got);
      expect([turn.done(), turn.result()]).toEqual([true, 'result']);
      seen.push(yield* turn);
      return seen;
    });
    expect(trace).toEqual(['queued before', 'result', 'result']);
  });

  it('is a future like any other when it is looked at in another way', async () => {
    await runVirtual(function* () {
      const looked = sleep(0, 1);
      expect(looked.done()).toBe(false);
      yield;
      expect(looked.done()).toBe(true);
      const called: unknown[] = [];
      sleep(0, 2).addDoneCallback((future) => called.push(future.result()));
      yield;
      yield;
      expect(called).toEqual([2]);
      expect(yield* gather(sleep(0, 3), sleep(0, 4))).toEqual([3, 4]);
      const cancelled = sleep(0);
      expect([cancelled.cancel(), cancelled.cancelled()]).toEqual([true, true]);
    });
  });

  it('TASK-038 is where a cancellation arrives', async () => {
    await runVirtual(function* () {
      const loop = getRunningLoop();
      const turns: Array<Future<void>> = [];
      const task = loop.createTask(function* () {
        for (;;) {
          const turn = sleep(0);
          turns.push(turn);
          yield* turn;
        }
      });
      yield* sleep(0);
      yield* sleep(0);
      task.cancel('enough');
      yield* sleep(0);
      yield* sleep(0);
      expect(task.cancelled()).toBe(true);
      expect(() => task.result()).toThrow(CancelledError);
      expect(() => task.result()).toThrow('enough');
      expect(turns.every((turn) => turn.done())).toBe(true);
    });
  });
});
