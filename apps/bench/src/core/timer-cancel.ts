import type { Workload } from '../harness/workload.ts';
import { delay } from './timer-delays.ts';

const nothing = (): void => {};

/**
 * So many timers are scheduled, then all of them are cancelled. Of few timers many sets make an
 * iteration of the loop, so that it is not the iteration which is measured.
 */
export const workload: Workload = {
  name: 'timer-cancel',
  title: 'timer scheduled and cancelled',
  unit: 'ns',
  cases: [10, 1000, 100_000, 1_000_000].map((size) => ({
    label: `of ${size.toLocaleString('en')}`,
    size,
    targets: [{ against: 'uvloop', atLeast: 5 }],
  })),
  growsFrom: 10,
  // A sleeping fiber of theirs takes kilobytes.
  upTo: { effect: 100_000, effection: 1000 },
  twins: {
    loop: async (size) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return sets(
        size,
        (i) => loop.callLater(delay(i), nothing),
        (timer) => timer.cancel(),
        async (iteration) => {
          const again = (): void => {
            if (iteration()) loop.callSoon(again);
            else loop.stop();
          };
          loop.callSoon(again);
          await loop.runForever();
        },
      );
    },
    node: (size) =>
      sets(
        size,
        (i) => setTimeout(nothing, delay(i) * 1000),
        clearTimeout,
        (iteration) =>
          new Promise((resolve) => {
            const again = (): void => {
              if (iteration()) setImmediate(again);
              else resolve();
            };
            setImmediate(again);
          }),
      ),
    effection: async (size) => {
      const { createScope, sleep } = await import('effection');
      const [scope] = createScope();
      return async (count) => {
        let done = 0;
        while (done < count) {
          await scope.run(function* () {
            const tasks = Array.from({ length: size }, (_, i) =>
              scope.run(() => sleep(delay(i) * 1000)),
            );
            for (const task of tasks) yield* task.halt();
          });
          done += size;
        }
        return done;
      };
    },
    effect: async (size) => {
      const { Effect } = await import('effect');
      return sets(
        size,
        (i) => Effect.runFork(Effect.sleep(delay(i) * 1000)),
        (fiber) => fiber.interruptUnsafe(),
        (iteration) =>
          Effect.runPromise(
            Effect.gen(function* () {
              while (iteration()) yield* Effect.yieldNow;
            }),
          ),
      );
    },
  },
};

const PER_ITERATION = 1000;

/** Schedules and cancels set after set; `iterate` calls its argument once an iteration until it is false. */
function sets<T>(
  size: number,
  schedule: (i: number) => T,
  cancel: (timer: T) => void,
  iterate: (iteration: () => boolean) => Promise<void>,
) {
  const timers: T[] = [];
  return async (count: number): Promise<number> => {
    let done = 0;
    await iterate(() => {
      const end = done + Math.min(PER_ITERATION, count - done);
      while (done < end) {
        for (let i = 0; i < size; i += 1) timers[i] = schedule(i);
        for (let i = 0; i < size; i += 1) cancel(timers[i] as T);
        done += size;
      }
      return done < count;
    });
    return done;
  };
}
