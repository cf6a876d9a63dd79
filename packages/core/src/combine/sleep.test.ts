import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until } from '../../test/coroutine-styles.ts';
import { ValueError } from '../error/errors.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { sleep } from './sleep.ts';

describe.each(styles)('sleep ($style)', ({ body }) => {
  it('HL-009 gives its result after the delay, in seconds', () =>
    runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const began = loop.time();
        expect(yield* until(sleep(1.5, 'result'))).toBe('result');
        expect(loop.time() - began).toBeCloseTo(1.5, 9);
        expect(yield* until(sleep(1))).toBeUndefined();
      }),
    ));

  it.each([0, -1, -Infinity])('HL-009 gives up control for one iteration with %d', (delay) =>
    runVirtual(
      body(function* () {
        const trace: string[] = [];
        const loop = getRunningLoop();
        loop.callSoon(() => {
          trace.push('first');
          loop.callSoon(() => trace.push('second'));
        });
        expect(yield* until(sleep(delay, 7))).toBe(7);
        trace.push('slept');
        yield* until(sleep(delay));
        expect(trace).toEqual(['first', 'slept', 'second']);
      }),
    ),
  );

  it('HL-009 rejects with ValueError for NaN, and TypeError for anything but a number', () =>
    runVirtual(
      body(function* () {
        const error = yield* caught(until(sleep(NaN)));
        expect(error).toBeInstanceOf(ValueError);
        expect(error).toMatchObject({ message: 'Invalid delay: NaN (not a number)' });
        expect(yield* caught(until(sleep('soon' as never)))).toMatchObject({
          name: 'TypeError',
          message: 'Expected delay to be a number, got "soon"',
        });
        // None of these is a number, though most of them compare as 0 or less.
        for (const delay of [null, false, '0', -1n, [], Symbol('soon')]) {
          expect(yield* caught(until(sleep(delay as never)))).toMatchObject({
            name: 'TypeError',
            message: expect.stringMatching(/^Expected delay to be a number, got /) as string,
          });
        }
      }),
    ));

  it('TASK-050 leaves no timer behind when it is cancelled', () =>
    runVirtual(
      body(function* () {
        const loop = getRunningLoop();
        const task = createTask(body(() => until(sleep(1000))));
        yield* until(sleep(1));
        task.cancel();
        yield* caught(until(task));
        yield* until(sleep(5));
        expect(task.cancelled()).toBe(true);
        expect(loop.time()).toBeLessThan(10);
      }),
    ));
});

it('HL-009 takes no real time under virtual time', async () => {
  const began = performance.now();
  await runVirtual(() => sleep(3600));
  expect(performance.now() - began).toBeLessThan(30_000);
});
