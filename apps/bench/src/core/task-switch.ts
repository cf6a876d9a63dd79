import { setImmediate as immediate } from 'node:timers/promises';
import type { Workload } from '../harness/workload.ts';

/** A hundred tasks give way to each other in turn; an operation is one `sleep(0)` of one of them. */
export const workload: Workload = {
  name: 'task-switch',
  title: 'task switch among 100',
  unit: 'ns',
  cases: [
    {
      label: '(generator)',
      style: 'generator',
      size: 100,
      targets: [{ against: 'uvloop', atLeast: 3 }],
    },
    {
      label: '(async function)',
      style: 'async',
      size: 100,
      targets: [{ against: 'uvloop', atLeast: 1, fromNode: 24 }],
    },
  ],
  twins: {
    loop: async (size, style) => {
      const { gather, newEventLoop, sleep } = await import('@loop/core');
      const loop = newEventLoop();
      return async (count) => {
        const each = Math.ceil(count / size);
        function* switching(): Generator<unknown, void, unknown> {
          for (let i = 0; i < each; i += 1) yield* sleep(0);
        }
        async function switchingAsync(): Promise<void> {
          for (let i = 0; i < each; i += 1) await sleep(0);
        }
        const body = style === 'async' ? switchingAsync : switching;
        await loop.runUntilComplete(function* () {
          yield* gather(...Array.from({ length: size }, () => loop.createTask(body)));
        });
        return each * size;
      };
    },
    node: (size) => tasks(size, () => immediate()),
    microtask: (size) => tasks(size, () => undefined),
    effection: async (size) => {
      const { action, all, run } = await import('effection');
      const done = (): void => {};
      const giveWay = () =>
        action<void>((resolve) => {
          resolve();
          return done;
        });
      return async (count) => {
        const each = Math.ceil(count / size);
        const switching = {
          *[Symbol.iterator]() {
            for (let i = 0; i < each; i += 1) yield* giveWay();
          },
        };
        await run(() => all(Array.from({ length: size }, () => switching)));
        return each * size;
      };
    },
    effect: async (size) => {
      const { Effect } = await import('effect');
      return async (count) => {
        const each = Math.ceil(count / size);
        const switching = Effect.gen(function* () {
          for (let i = 0; i < each; i += 1) yield* Effect.yieldNow;
        });
        const all = Array.from({ length: size }, () => switching);
        await Effect.runPromise(Effect.all(all, { concurrency: 'unbounded', discard: true }));
        return each * size;
      };
    },
  },
};

/** Plain async functions that give way by awaiting what `giveWay` returns. */
function tasks(size: number, giveWay: () => Promise<void> | undefined) {
  return async (count: number): Promise<number> => {
    const each = Math.ceil(count / size);
    const switching = async (): Promise<void> => {
      for (let i = 0; i < each; i += 1) await giveWay();
    };
    await Promise.all(Array.from({ length: size }, switching));
    return each * size;
  };
}
