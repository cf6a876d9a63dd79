import type { Workload } from '../harness/workload.ts';

/** What a task takes that waits for a future of its own, the future included. */
export const workload: Workload = {
  name: 'memory-task',
  title: 'memory of a pending task',
  unit: 'bytes',
  cases: (['generator', 'async'] as const).map((style) => ({
    label: style === 'async' ? '(async function)' : '(generator)',
    style,
    size: 20_000,
  })),
  twins: {
    loop: async (_size, style) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      const kept: unknown[] = [];
      return async (count) => {
        function* waiting(): Generator<unknown, void, unknown> {
          yield* loop.createFuture<void>();
        }
        async function waitingAsync(): Promise<void> {
          await loop.createFuture<void>();
        }
        const body = style === 'async' ? waitingAsync : waiting;
        for (let i = 0; i < count; i += 1) kept.push(loop.createTask(body));
        // By then all of them have started.
        loop.callSoon(() => loop.stop());
        await loop.runForever();
        return kept.length;
      };
    },
    node: () => {
      const kept: unknown[] = [];
      return async (count) => {
        const waiting = async (): Promise<void> => {
          await new Promise((resolve) => kept.push(resolve));
        };
        const tasks: Array<Promise<void>> = [];
        for (let i = 0; i < count; i += 1) tasks.push(waiting());
        kept.push(tasks);
        return count;
      };
    },
    effection: async () => {
      const { createScope, withResolvers } = await import('effection');
      const [scope] = createScope();
      const kept: unknown[] = [];
      return (count) => {
        for (let i = 0; i < count; i += 1) {
          kept.push(
            scope.run(function* () {
              yield* withResolvers<void>().operation;
            }),
          );
        }
        return count;
      };
    },
    effect: async () => {
      const { Deferred, Effect } = await import('effect');
      const kept: unknown[] = [];
      return async (count) => {
        const waiting = Effect.gen(function* () {
          yield* Deferred.await(Deferred.makeUnsafe<void>());
        });
        for (let i = 0; i < count; i += 1) kept.push(Effect.runFork(waiting));
        return count;
      };
    },
  },
};
