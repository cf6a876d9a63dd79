import type { Deferred } from 'effect';
import type { WithResolvers } from 'effection';
import type { Workload } from '../harness/workload.ts';

/**
 * A hundred tasks each await a future of their own; a callback sets them all, they wake and make
 * new ones. An operation is one future: made, awaited, set, and its task woken.
 */
export const workload: Workload = {
  name: 'future-wake',
  title: 'future set, its task woken',
  unit: 'ns',
  cases: (['generator', 'async'] as const).map((style) => ({
    label: style === 'async' ? '(async function)' : '(generator)',
    style,
    size: 100,
  })),
  twins: {
    loop: async (size, style) => {
      const { gather, newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return async (count) => {
        const rounds = Math.ceil(count / size);
        const futures = Array.from({ length: size }, () => loop.createFuture<number>());
        function* waiting(place: number): Generator<unknown, void, unknown> {
          for (let i = 0; i < rounds; i += 1) {
            const future = loop.createFuture<number>();
            futures[place] = future;
            yield* future;
          }
        }
        async function waitingAsync(place: number): Promise<void> {
          for (let i = 0; i < rounds; i += 1) {
            const future = loop.createFuture<number>();
            futures[place] = future;
            await future;
          }
        }
        let left = rounds;
        const wakeAll = (): void => {
          for (const future of futures) future.setResult(1);
          left -= 1;
          if (left > 0) loop.callSoon(wakeAll);
        };
        await loop.runUntilComplete(function* () {
          const tasks = futures.map((_, place) =>
            loop.createTask(() => (style === 'async' ? waitingAsync(place) : waiting(place))),
          );
          loop.callSoon(wakeAll);
          yield* gather(...tasks);
        });
        return rounds * size;
      };
    },
    node: (size) => async (count) => {
      const rounds = Math.ceil(count / size);
      const resolvers: Array<(value: number) => void> = [];
      const waiting = async (place: number): Promise<void> => {
        for (let i = 0; i < rounds; i += 1) {
          await new Promise<number>((resolve) => (resolvers[place] = resolve));
        }
      };
      const tasks = Array.from({ length: size }, (_, place) => waiting(place));
      let left = rounds;
      const wakeAll = (): void => {
        for (const resolve of resolvers) resolve(1);
        left -= 1;
        if (left > 0) setImmediate(wakeAll);
      };
      setImmediate(wakeAll);
      await Promise.all(tasks);
      return rounds * size;
    },
    effection: async (size) => {
      const { all, run, withResolvers } = await import('effection');
      return async (count) => {
        const rounds = Math.ceil(count / size);
        const futures: Array<WithResolvers<number>> = [];
        let left = rounds;
        const wakeAll = (): void => {
          for (let place = 0; place < size; place += 1) futures[place]?.resolve(1);
          left -= 1;
          if (left > 0) setImmediate(wakeAll);
        };
        setImmediate(wakeAll);
        const waiting = (place: number) => ({
          *[Symbol.iterator]() {
            for (let i = 0; i < rounds; i += 1) {
              const future = withResolvers<number>();
              futures[place] = future;
              yield* future.operation;
            }
          },
        });
        await run(() => all(Array.from({ length: size }, (_, place) => waiting(place))));
        return rounds * size;
      };
    },
    effect: async (size) => {
      const { Deferred: deferreds, Effect, Exit } = await import('effect');
      return async (count) => {
        const rounds = Math.ceil(count / size);
        const futures: Array<Deferred.Deferred<number>> = [];
        let left = rounds;
        const wakeAll = (): void => {
          const one = Exit.succeed(1);
          for (const future of futures) deferreds.doneUnsafe(future, one);
          left -= 1;
          if (left > 0) setImmediate(wakeAll);
        };
        const waiting = (place: number) =>
          Effect.gen(function* () {
            for (let i = 0; i < rounds; i += 1) {
              const future = deferreds.makeUnsafe<number>();
              futures[place] = future;
              yield* deferreds.await(future);
            }
          });
        setImmediate(wakeAll);
        const all = Array.from({ length: size }, (_, place) => waiting(place));
        await Effect.runPromise(Effect.all(all, { concurrency: 'unbounded', discard: true }));
        return rounds * size;
      };
    },
  },
};
