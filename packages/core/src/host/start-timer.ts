import type { HostTimer } from './host.ts';

// A timer of this many milliseconds or more would fire at once.
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs `fn` by `setTimeout` once `performance.now()` has reached `when`, in seconds, and not before:
 * runtimes count whole milliseconds from a clock that they round down, and can be one early.
 */
export function startTimer(when: number, fn: () => void): HostTimer {
  const arm = (): ReturnType<typeof setTimeout> => {
    const delay = Math.ceil(when * 1000 - performance.now());
    return setTimeout(fire, Math.min(Math.max(delay, 1), LONGEST_TIMER_MS));
  };
  const fire = (): void => {
    if (performance.now() / 1000 < when) timer = arm();
    else fn();
  };
  let timer = arm();
  return { cancel: () => clearTimeout(timer) };
}
