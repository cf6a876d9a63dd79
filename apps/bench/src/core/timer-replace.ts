import type { Workload } from '../harness/workload.ts';
import { delay } from './timer-delays.ts';

const PER_ITERATION = 100;

const nothing = (): void => {};

/**
 * So many timers are pending, as the timeouts of so many connections. An operation cancels the
 * oldest and schedules another one. A hundred operations make an iteration of the loop, and a
 * sample replaces every timer at least once, so that what is put off until later is paid for too.
 */
export const workload: Workload = {
  name: 'timer-replace',
  title: 'timer replaced',
  unit: 'ns',
  cases: [1000, 1_000_000].map((size) => ({
    label: `among ${size.toLocaleString('en')}`,
    size,
  })),
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
