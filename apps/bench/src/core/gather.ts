import type { Workload } from '../harness/workload.ts';

/** Ten thousand coroutines at once; an operation is one of them, from its start to its result. */
export const workload: Workload = {
  name: 'gather',
  title: 'gather of 10,000, each',
  unit: 'ns',
  cases: (['generator', 'async'] as const).map((style) => ({
    label: style === 'async' ? '(async function)' : '(generator)',
    style,
    size: 10_000,
  })),
  twins: {
    loop: async (size, style) => {
      const { gather, newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      function* child(): Generator<never, number, unknown> {
        return 1;
      }
      const childAsync = async (): Promise<number> => 1;
      return repeat(size, async () => {
        await loop.runUntilComplete(function* () {
          const bodies = Array.from({ length: size }, () =>
            // One of its own each: of several that are the same, gather runs one.
            style === 'async' ? () => childAsync() : child(),
          );
          yield* gather(...bodies);
        });
      });
    },
    microtask: (size) => {
      const child = async (): Promise<number> => 1;
      return repeat(size, () => Promise.all(Array.from({ length: size }, child)));
    },
    effection: async (size) => {
      const { all, run } = await import('effection');
      const child = {
        *[Symbol.iterator](): Generator<never, number, unknown> {
          return 1;
        },
      };
      return repeat(size, () => run(() => all(Array.from({ length: size }, () => child))));
    },
    effect: async (size) => {
      const { Effect } = await import('effect');
      const child = Effect.gen(function* () {
        return 1;
      });
      return repeat(size, () =>
        Effect.runPromise(
          Effect.all(
            Array.from({ length: size }, () => child),
            { concurrency: 'unbounded' },
          ),
        ),
      );
    },
  },
};

/** As many gathers of `size` as `count` operations take. */
function repeat(size: number, gather: () => PromiseLike<unknown>) {
  return async (count: number): Promise<number> => {
    let done = 0;
    for (; done < count; done += size) await gather();
    return done;
  };
}
