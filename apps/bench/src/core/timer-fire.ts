import type { Workload } from '../harness/workload.ts';
import { pseudoRandom } from './pseudo-random.ts';

const DELAYS_MS = pseudoRandom(1 << 12, 5).map((milliseconds) => 1 + milliseconds);
const delayMs = (i: number): number => DELAYS_MS[i & (DELAYS_MS.length - 1)] as number;

/**
 * So many timers are scheduled one after another, for one to five milliseconds, and all of them
 * fire. With few timers most of the cost is waking up; waiting itself takes no CPU.
 */
export const workload: Workload = {
  name: 'timer-fire',
  title: 'timer scheduled and fired',
  unit: 'ns',
  cases: [10, 1000, 100_000, 1_000_000].map((size) => ({
    label: `with ${size.toLocaleString('en')}`,
    size,
  })),
  growsFrom: 1000,
  upTo: { effect: 100_000, effection: 1000 },
  twins: {
    loop: async (size) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return rounds(
        size,
        (fired) => {
          for (let i = 0; i < size; i += 1) loop.callLater(delayMs(i) / 1000, fired);
          return loop.runForever();
        },
        () => loop.stop(),
      );
    },
    node: (size) =>
      rounds(size, (fired) => {
        for (let i = 0; i < size; i += 1) setTimeout(fired, delayMs(i));
      }),
    effection: async (size) => {
      const { createScope, sleep } = await import('effection');
      const [scope] = createScope();
      return rounds(size, (fired) => {
        for (let i = 0; i < size; i += 1) {
          void scope.run(function* () {
            yield* sleep(delayMs(i));
            fired();
          });
        }
      });
    },
    effect: async (size) => {
      const { Effect } = await import('effect');
      return rounds(size, (fired) => {
        const fire = Effect.sync(fired);
        for (let i = 0; i < size; i += 1) {
          Effect.runFork(Effect.andThen(Effect.sleep(delayMs(i)), fire));
        }
      });
    },
  },
};

/** Has `start` schedule all timers, as often as it takes; each of them calls `fired`. */
function rounds(
  size: number,
  start: (fired: () => void) => void | Promise<void>,
  ended: () => void = () => {},
) {
  return async (count: number): Promise<number> => {
    let done = 0;
    while (done < count) {
      await new Promise<void>((resolve, reject) => {
        let left = size;
        const running = start(() => {
          left -= 1;
          if (left > 0) return;
          ended();
          if (running === undefined) resolve();
        });
        running?.then(resolve, reject);
      });
      done += size;
    }
    return done;
  };
}
