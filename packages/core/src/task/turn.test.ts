import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, turn as oneTurn, wait as until } from '../../test/coroutine-styles.ts';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/index.ts';
import { createTask } from './create-task.ts';

describe.each(styles)('sleep(0) ($style)', ({ body }) => {
  it('HL-009 TASK-022 is one turn of the others, and gives its result', async () => {
    const trace = await runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const seen: unknown[] = [];
        loop.callSoon(() => seen.push('queued before'));
        const turn = sleep(0, 'result');
        expect(turn).toBeInstanceOf(Future);
        seen.push(yield* until(turn));
        expect([turn.done(), turn.result()]).toEqual([true, 'result']);
        seen.push(yield* until(turn));
        return seen;
      }),
    );
    expect(trace).toEqual(['queued before', 'result', 'result']);
  });

  it('is a future like any other when it is looked at in another way', () =>
    runVirtual(
      body(function* () {
        const looked = sleep(0, 1);
        expect(looked.done()).toBe(false);
        yield* oneTurn();
        expect(looked.done()).toBe(true);
        const called: unknown[] = [];
        sleep(0, 2).addDoneCallback((future) => called.push(future.result()));
        yield* oneTurn();
        yield* oneTurn();
        expect(called).toEqual([2]);
        expect(yield* until(gather(sleep(0, 3), sleep(0, 4)))).toEqual([3, 4]);
      }),
    ));

  it('TASK-038 is where a cancellation arrives', () =>
    runVirtual(
      body(function* () {
        const turns: Array<Future<void>> = [];
        const task = createTask(
          body(function* () {
            for (;;) {
              const turn = sleep(0);
              turns.push(turn);
              yield* until(turn);
            }
          }),
        );
        yield* until(sleep(0));
        yield* until(sleep(0));
        task.cancel('enough');
        yield* until(sleep(0));
        yield* until(sleep(0));
        expect(task.cancelled()).toBe(true);
        expect(() => task.result()).toThrow(CancelledError);
        expect(() => task.result()).toThrow('enough');
        expect(turns.every((turn) => turn.done())).toBe(true);
      }),
    ));

  it('is cancelled by hand when its turn comes, awaited or not', () =>
    runVirtual(
      body(function* () {
        const alone = sleep(0);
        expect([alone.cancel('alone'), alone.done()]).toEqual([true, false]);
        getRunningLoop().callSoon(() => awaited.cancel('awaited'));
        const awaited = sleep(0);
        expect(yield* caught(until(awaited))).toMatchObject({
          name: 'CancelledError',
          message: 'awaited',
        });
        expect([alone.cancelled(), awaited.cancelled()]).toEqual([true, true]);
        expect(awaited.cancel()).toBe(false);
      }),
    ));

  it('TASK-002 takes no outcome from outside', () =>
    runVirtual(
      body(function* () {
        const turn = sleep(0, 'own');
        expect(() => turn.setResult('other')).toThrow(RuntimeError);
        expect(() => turn.setException(new Error('other'))).toThrow(RuntimeError);
        expect(yield* until(turn)).toBe('own');
      }),
    ));
});

it('sleep(0) begins by then, catch and finally too', () =>
  runVirtual(async () => {
    const derived: unknown[] = [];
    void sleep(0, 1).then((value) => derived.push(value));
    void sleep(0, 2).catch(() => {});
    void sleep(0, 3).finally(() => derived.push('finally'));
    expect(await sleep(0, 4).then((value) => value)).toBe(4);
    expect(derived).toEqual([1, 'finally']);
  }));

describe('sleep(0) awaited by a generator', () => {
  const begun = (turn: Future<void>): Generator => {
    const generator = (function* () {
      yield* turn;
    })();
    generator.next();
    return generator;
  };

  it('ends with what ends the generator', () =>
    runVirtual(function* () {
      const [closed, thrown] = [sleep(0), sleep(0)];
      begun(closed).return(undefined);
      expect(() => begun(thrown).throw(new Error('by hand'))).toThrow('by hand');
      expect(closed.cancelled()).toBe(true);
      expect(thrown.exception()).toMatchObject({ message: 'by hand' });
      yield;
    }));

  it('begins when it is awaited, as the coroutine of the reference', () =>
    runVirtual(function* () {
      const seen: string[] = [];
      const turn = sleep(0);
      getRunningLoop().callSoon(() => seen.push('queued before'));
      yield* turn;
      expect(seen).toEqual(['queued before']);
    }));

  it('gives its result to whoever awaits it as well', () =>
    runVirtual(function* () {
      const shared = sleep(0, 'shared');
      const first = createTask(function* () {
        return yield* shared;
      });
      const second = createTask(async () => await shared);
      expect(yield* gather(first, second)).toEqual(['shared', 'shared']);
    }));
});
