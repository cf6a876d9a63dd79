import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until } from '../../test/coroutine-styles.ts';
import { CancelledError, RuntimeError, ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { currentTask } from '../task/current-task.ts';
import type { Task } from '../task/task.ts';
import { runVirtual } from '../testing/index.ts';
import { gather } from './gather.ts';
import { sleep } from './sleep.ts';

describe.each(styles)('gather ($style)', ({ body }) => {
  it('HL-010 starts everything at once and gives results in the order of the arguments', () =>
    runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const slow = body(() => until(sleep(2, 'slow')));
        const quick = createTask(body(() => until(sleep(1, 'quick'))));
        const gathered = gather(slow, quick, sleep(0, 'sleep'), Promise.resolve('promise'));
        expect(yield* until(gathered)).toEqual(['slow', 'quick', 'sleep', 'promise']);
        expect(loop.time()).toBeCloseTo(2, 9);
      }),
    ));

  it('HL-010 runs one that is given twice once', () =>
    runVirtual(
      body(function* () {
        let runs = 0;
        const job = body(function* () {
          runs += 1;
          yield* until(sleep(0));
          return runs;
        });
        expect(yield* until(gather(job, sleep(0, 'other'), job))).toEqual([1, 'other', 1]);
      }),
    ));

  it('HL-010 HL-015 is finished on return if there is nothing to wait for', () =>
    runVirtual(
      body(function* () {
        const empty = gather();
        expect(empty.done()).toBe(true);
        expect(empty.result()).toEqual([]);
        const done = getRunningLoop().createFuture<number>();
        done.setResult(1);
        const gathered = gather(done, done);
        expect(gathered.done()).toBe(true);
        expect(yield* until(gathered)).toEqual([1, 1]);
      }),
    ));

  it('HL-011 ends with the first error, while the others go on and are never reported', async () => {
    const reports: ExceptionContext[] = [];
    const trace: unknown[] = [];
    const loop = new EventLoop();
    loop.setExceptionHandler((_loop, context) => void reports.push(context));
    const failing = (turns: number, message: string) =>
      body(function* () {
        for (let turn = 0; turn < turns; turn += 1) yield* until(sleep(0));
        trace.push(message);
        throw new Error(message);
      });
    await loop.runUntilComplete(
      body(function* () {
        const error = yield* caught(until(gather(failing(5, 'late'), failing(1, 'early'))));
        trace.push((error as Error).message === 'early');
        for (let turn = 0; turn < 9; turn += 1) yield* until(sleep(0));
      }),
    );
    loop.close();
    expect(trace).toEqual(['early', true, 'late']);
    expect(reports).toEqual([]);
  });

  it('HL-012 puts errors and cancellations among the results with returnExceptions', () =>
    runVirtual(
      body(function* () {
        const error = new Error('failed');
        const cancelled = getRunningLoop().createFuture();
        cancelled.cancel('stop');
        const failing = body(function* () {
          yield* until(sleep(0));
          throw error;
        });
        const [first, second, third] = yield* until(
          gather(failing, cancelled, sleep(1, 3), { returnExceptions: true }),
        );
        expect(first).toBe(error);
        expect(second).toBeInstanceOf(CancelledError);
        expect((second as CancelledError).args).toEqual(['stop']);
        expect(third).toBe(3);
      }),
    ));

  it('HL-013 ends with an error, not cancelled, if a child is cancelled by itself', () =>
    runVirtual(
      body(function* () {
        const [a, b] = futures(2);
        const gathered = gather(a, b);
        a.cancel('alone');
        const error = yield* caught(until(gathered));
        expect(error).toBeInstanceOf(CancelledError);
        expect((error as CancelledError).args).toEqual(['alone']);
        expect(gathered.done()).toBe(true);
        expect(gathered.cancelled()).toBe(false);
        expect(gathered.exception()).toBeInstanceOf(CancelledError);
        expect(b.done()).toBe(false);
      }),
    ));

  it('HL-014 hands a cancellation of its awaiter to every unfinished child, with the message', () =>
    runVirtual(
      body(function* () {
        const trace: unknown[] = [];
        const child = (name: string) =>
          body(function* () {
            const error = yield* caught(until(sleep(10)));
            trace.push([name, (error as CancelledError).args]);
            throw error;
          });
        const finished = createTask(body(() => until(sleep(0, 'finished'))));
        const outer = createTask(body(() => until(gather(child('a'), finished, child('b')))));
        yield* until(sleep(1));
        outer.cancel('enough');
        yield* caught(until(outer));
        expect(outer.cancelled()).toBe(true);
        expect(finished.result()).toBe('finished');
        expect(trace).toEqual([
          ['a', ['enough']],
          ['b', ['enough']],
        ]);
      }),
    ));

  it('HL-014 ends with CancelledError with returnExceptions too, once all children have ended', () =>
    runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const stubborn = body(function* () {
          yield* caught(until(sleep(10)));
          yield* until(sleep(2));
          return 'stubborn';
        });
        const gathered = gather(sleep(10), stubborn, { returnExceptions: true });
        yield* until(sleep(1));
        expect(gathered.cancel('enough')).toBe(true);
        expect(gathered.done()).toBe(false);
        const error = yield* caught(until(gathered));
        expect((error as CancelledError).args).toEqual(['enough']);
        expect(loop.time()).toBeCloseTo(3, 9);
      }),
    ));

  it('HL-014 cannot be cancelled once it is finished or all children are done', () =>
    runVirtual(
      body(function* () {
        const [a] = futures(1);
        const gathered = gather(a);
        a.setResult('a');
        expect(gathered.done()).toBe(false);
        expect(gathered.cancel()).toBe(false);
        expect(yield* until(gathered)).toEqual(['a']);
        expect(gathered.cancel()).toBe(false);
      }),
    ));

  it('HL-015 refuses children of different loops, and what cannot be awaited', () =>
    runVirtual(
      body(function* () {
        const other = new EventLoop();
        const [a] = futures(1);
        const foreign = other.createFuture();
        expect(() => gather(a, foreign)).toThrow(ValueError);
        expect(() => gather(5 as never)).toThrow(TypeError);
        expect(() => gather([a] as never)).toThrow(
          'Expected each argument of gather() to be a future, promise, coroutine or function, got [...]; ' +
            'several are spread: gather(...aws) and not gather(aws)',
        );
        expect(() => gather(a, { timeout: 5 } as never)).toThrow(/no option "timeout"/);
        let ran = false;
        const job = body(function* () {
          ran = true;
        });
        for (const other of [null, undefined, 5, 'many', 1n, [job], new Set([a])]) {
          expect(() => gather(job, other as never)).toThrow(TypeError);
        }
        yield* until(sleep(0));
        expect(ran).toBe(false);
        other.close();
      }),
    ));

  it('runs each child as a task of its own', () =>
    runVirtual(
      body(function* () {
        const owner = currentTask();
        const [a, b] = yield* until(
          gather(body(me), body(me)) as Future<[Task | null, Task | null]>,
        );
        expect(new Set([owner, a, b]).size).toBe(3);
      }),
    ));

  function* me() {
    yield* until(sleep(0));
    return { task: currentTask() } as never;
  }
});

it('HL-015 needs a loop', () => {
  expect(() => gather(async () => {})).toThrow(RuntimeError);
  expect(() => gather()).toThrow(RuntimeError);
});

function futures(count: 1): [Future];
function futures(count: 2): [Future, Future];
function futures(count: number): Future[] {
  return Array.from({ length: count }, () => getRunningLoop().createFuture());
}
