import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import type { ExceptionContext } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { gather } from './gather.ts';
import { shield } from './shield.ts';
import { sleep } from './sleep.ts';

describe.each(styles)('shield ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));

  it('HL-022 keeps the inner task running when its awaiter is cancelled', () =>
    run(function* () {
      const inner = createTask(body(() => until(sleep(5, 'done'))));
      const outer = createTask(body(() => until(shield(inner))));
      yield* until(sleep(1));
      outer.cancel('enough');
      expect(yield* caught(until(outer))).toMatchObject({ args: ['enough'] });
      expect(inner.cancelling()).toBe(0);
      expect(yield* until(inner)).toBe('done');
    }));

  it('HL-022 makes a task of a body, which a cancellation of the shield does not reach', () =>
    run(function* () {
      const trace: string[] = [];
      const commit = body(function* () {
        yield* until(sleep(1));
        trace.push('committed');
      });
      const shielded = shield(commit);
      expect(shielded.cancel()).toBe(true);
      expect(yield* caught(until(shielded))).toBeInstanceOf(CancelledError);
      yield* until(sleep(2));
      expect(trace).toEqual(['committed']);
    }));

  it('HL-022 passes result, error and cancellation on', () =>
    run(function* () {
      const loop = getRunningLoop();
      const [a, b, c] = [1, 2, 3].map(() => loop.createFuture<string>()) as [
        ReturnType<typeof loop.createFuture<string>>,
        ReturnType<typeof loop.createFuture<string>>,
        ReturnType<typeof loop.createFuture<string>>,
      ];
      const shields = [shield(a), shield(b), shield(c)] as const;
      const error = new Error('failed');
      a.setResult('a');
      b.setException(error);
      c.cancel();
      expect(yield* until(shields[0])).toBe('a');
      expect(yield* caught(until(shields[1]))).toBe(error);
      expect(yield* caught(until(shields[2]))).toBeInstanceOf(CancelledError);
      expect(shields[2].cancelled()).toBe(true);
    }));

  it('HL-022 returns a finished future itself', () =>
    run(function* () {
      const done = getRunningLoop().createFuture<number>();
      done.setResult(1);
      expect(shield(done)).toBe(done);
    }));

  it('HL-022 reports an error that comes when nobody can see it any more, once', () =>
    run(function* () {
      const loop = getRunningLoop();
      const reports: ExceptionContext[] = [];
      loop.setExceptionHandler((_loop, context) => void reports.push(context));
      const inner = loop.createFuture();
      const shields = [shield(inner), shield(inner)] as const;
      for (const one of shields) one.cancel();
      yield* until(sleep(0));
      const exception = new RangeError('too late');
      inner.setException(exception);
      yield* until(sleep(0));
      yield* until(sleep(0));
      expect(reports).toHaveLength(1);
      expect(reports[0]?.message).toBe('RangeError exception in shielded future');
      expect(reports[0]?.exception).toBe(exception);
      expect(reports[0]?.future === inner).toBe(true);
    }));

  it('HL-023 in a gather: cancelling that cancels the shields, and not the tasks', () =>
    run(function* () {
      const tasks = [1, 2].map((delay) => createTask(body(() => until(sleep(delay, delay)))));
      const gathered = gather(...tasks.map((task) => shield(task)));
      yield* until(sleep(0));
      gathered.cancel();
      expect(yield* caught(until(gathered))).toBeInstanceOf(CancelledError);
      expect(yield* until(gather(...tasks))).toEqual([1, 2]);
    }));

  it('HL-023 around a gather: cancelling it leaves the gather intact', () =>
    run(function* () {
      const gathered = gather(sleep(1, 1), sleep(2, 2));
      const shielded = shield(gathered);
      yield* until(sleep(0));
      shielded.cancel();
      expect(yield* caught(until(shielded))).toBeInstanceOf(CancelledError);
      expect(yield* until(gathered)).toEqual([1, 2]);
    }));

  it('refuses what cannot be awaited', () =>
    run(function* () {
      expect(() => shield(5 as never)).toThrow(TypeError);
    }));
});

it('needs a loop', () => {
  expect(() => shield(async () => {})).toThrow(RuntimeError);
});
