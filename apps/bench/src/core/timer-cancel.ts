import type { Workload } from '../harness/workload.ts';
import { pseudoRandom } from './pseudo-random.ts';

// Timeouts of one to two minutes in whole seconds: none is due while it is measured, and Node, which
// keeps a list for each length, has 60 of them.
const DELAYS = pseudoRandom(1 << 12, 60).map((seconds) => 60 + seconds);
const PER_ITERATION = 100;

const nothing = (): void => {};
const delay = (i: number): number => DELAYS[i & (DELAYS.length - 1)] as number;

/**
 * So many timers are pending, as the timeouts of so many connections. An operation cancels the
 * oldest and schedules another one. A hundred operations make an iteration of the loop, and a
 * sample replaces every timer at least once, so that what is put off until later is paid for too.
 */
export const workload: Workload = {
  name: 'timer-cancel',
  title: 'timer scheduled and cancelled',
  unit: 'ns',
  cases: [10, 1000, 100_000, 1_000_000].map((size) => ({
    label: `among ${size.toLocaleString('en')}`,
    size,
    targets: [{ against: 'uvloop', atLeast: 5 }],
  })),
  growsFrom: 1000,
  // A sleeping fiber of theirs takes kilobytes.
  upTo: { effect: 100_000, effection: 1000 },
  twins: {
    loop: async (size) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return ring(
        size,
        (i) => loop.callLater(delay(i), nothing),
        (timer) => timer.cancel(),
        async (batch) => {
          const iteration = (): void => {
            if (batch()) loop.callSoon(iteration);
            else loop.stop();
          };
          loop.callSoon(iteration);
          await loop.runForever();
        },
      );
    },
    node: (size) =>
      ring(
        size,
        (i) => setTimeout(nothing, delay(i) * 1000),
        clearTimeout,
        (batch) =>
          new Promise((resolve) => {
            const iteration = (): void => {
              if (batch()) setImmediate(iteration);
              else resolve();
            };
            setImmediate(iteration);
          }),
      ),
    effection: async (size) => {
      const { createScope, sleep } = await import('effection');
      const [scope] = createScope();
      const start = (i: number) => scope.run(() => sleep(delay(i) * 1000));
      const tasks = Array.from({ length: size }, (_, i) => start(i));
      let oldest = 0;
      return async (count) => {
        const operations = Math.ceil(count / size) * size;
        await scope.run(function* () {
          for (let i = 0; i < operations; i += 1) {
            yield* (tasks[oldest] as (typeof tasks)[0]).halt();
            tasks[oldest] = start(i);
            oldest = (oldest + 1) % size;
          }
        });
        return operations;
      };
    },
    effect: async (size) => {
      const { Effect } = await import('effect');
      return ring(
        size,
        (i) => Effect.runFork(Effect.sleep(delay(i) * 1000)),
        (fiber) => fiber.interruptUnsafe(),
        (batch) =>
          Effect.runPromise(
            Effect.gen(function* () {
              while (batch()) yield* Effect.yieldNow;
            }),
          ),
      );
    },
  },
};

/** Replaces `count` timers in turn; `iterate` calls its argument once an iteration until it is false. */
function ring<T>(
  size: number,
  schedule: (i: number) => T,
  cancel: (timer: T) => void,
  iterate: (batch: () => boolean) => Promise<void>,
) {
  const timers = Array.from({ length: size }, (_, i) => schedule(i));
  let oldest = 0;
  return async (count: number): Promise<number> => {
    const operations = Math.ceil(count / size) * size;
    let done = 0;
    await iterate(() => {
      const end = Math.min(done + PER_ITERATION, operations);
      for (; done < end; done += 1) {
        cancel(timers[oldest] as T);
        timers[oldest] = schedule(done);
        oldest = oldest + 1 === size ? 0 : oldest + 1;
      }
      return done < operations;
    });
    return operations;
  };
}
