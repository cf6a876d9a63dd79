import type { Workload } from '../harness/workload.ts';

/** A task makes another one and awaits its result, again and again. */
export const workload: Workload = {
  name: 'task-create',
  title: 'task created and awaited',
  unit: 'ns',
  cases: (['generator', 'async'] as const).map((style) => ({
    label: style === 'async' ? '(async function)' : '(generator)',
    style,
    size: 1,
    targets: [{ against: 'uvloop', atLeast: 3 }],
  })),
  twins: {
    loop: async (_size, style) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      function* child(): Generator<never, number, unknown> {
        return 1;
      }
      const childAsync = async (): Promise<number> => 1;
      return async (count) => {
        function* main(): Generator<unknown, void, unknown> {
          for (let i = 0; i < count; i += 1) yield* loop.createTask(child);
        }
        async function mainAsync(): Promise<void> {
          for (let i = 0; i < count; i += 1) await loop.createTask(childAsync);
        }
        await loop.runUntilComplete(style === 'async' ? mainAsync : main);
        return count;
      };
    },
    // What the runtime alone takes for a call that keeps its context: no turn of its own, no task.
    node: async () => {
      const { AsyncLocalStorage } = await import('node:async_hooks');
      const storage = new AsyncLocalStorage<object>();
      const child = async (): Promise<number> => 1;
      return (count) =>
        storage.run({}, async () => {
          for (let i = 0; i < count; i += 1) await storage.run({}, child);
          return count;
        });
    },
    microtask: () => {
      const child = async (): Promise<number> => 1;
      return async (count) => {
        for (let i = 0; i < count; i += 1) await child();
        return count;
      };
    },
    effection: async () => {
      const { run, spawn } = await import('effection');
      function* child(): Generator<never, number, unknown> {
        return 1;
      }
      return async (count) => {
        await run(function* () {
          for (let i = 0; i < count; i += 1) yield* yield* spawn(child);
        });
        return count;
      };
    },
    effect: async () => {
      const { Effect, Fiber } = await import('effect');
      const child = Effect.gen(function* () {
        return 1;
      });
      return async (count) => {
        await Effect.runPromise(
          Effect.gen(function* () {
            for (let i = 0; i < count; i += 1) yield* Fiber.join(yield* Effect.forkChild(child));
          }),
        );
        return count;
      };
    },
  },
};
