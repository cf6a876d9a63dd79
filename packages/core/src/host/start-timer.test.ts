import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTimer } from './start-timer.ts';

let clock: number;
let timers: { fire: () => void; delay: number }[];

beforeEach(() => {
  clock = 1000.25;
  timers = [];
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  vi.stubGlobal('setTimeout', (fire: () => void, delay: number) => timers.push({ fire, delay }));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('waits on when the runtime is a part of a millisecond early', () => {
  const fn = vi.fn();
  startTimer(1.0025, fn);
  expect(timers.map(({ delay }) => delay)).toEqual([3]);
  clock = 1001.9;
  timers[0]?.fire();
  expect(fn).not.toHaveBeenCalled();
  expect(timers.map(({ delay }) => delay)).toEqual([3, 1]);
  clock = 1002.5;
  timers[1]?.fire();
  expect(fn).toHaveBeenCalledOnce();
  expect(timers).toHaveLength(2);
});

it('goes in steps to what lies further ahead than the runtime can count', () => {
  const fn = vi.fn();
  const far = 1 + (2 ** 31 + 5000) / 1000;
  startTimer(far, fn);
  expect(timers[0]?.delay).toBe(2 ** 31 - 1);
  clock += 2 ** 31 - 1;
  timers[0]?.fire();
  expect(fn).not.toHaveBeenCalled();
  expect(timers[1]?.delay).toBe(5001);
});

it('cancels the timer that it has come to', () => {
  const cancelled = vi.fn();
  vi.stubGlobal('clearTimeout', cancelled);
  const timer = startTimer(1.0025, () => {});
  timers[0]?.fire();
  timer.cancel();
  expect(cancelled).toHaveBeenCalledExactlyOnceWith(2);
});
