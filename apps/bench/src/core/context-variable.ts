import type { Workload } from '../harness/workload.ts';

/** A task sets a context variable and reads it again, in a context that holds four others. */
export const workload: Workload = {
  name: 'context-variable',
  title: 'context variable set and read',
  unit: 'ns',
  cases: (['generator', 'async'] as const).map((style) => ({
    label: style === 'async' ? '(async function)' : '(generator)',
    style,
    size: 4,
  })),
  twins: {
    loop: async (size, style) => {
      const { ContextVar, newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      const variable = new ContextVar<number>('measured');
      const others = Array.from({ length: size }, (_, i) => new ContextVar<number>(`other ${i}`));
      return async (count) => {
        let sum = 0;
        const setAndRead = (): void => {
          for (const other of others) other.set(0);
          for (let i = 0; i < count; i += 1) {
            variable.set(i);
            sum += variable.get();
          }
        };
        await loop.runUntilComplete(
          style === 'async'
            ? async () => {
                // Once an async function has awaited, its context is found by other means.
                await Promise.resolve();
                setAndRead();
              }
            : function* () {
                setAndRead();
              },
        );
        return sum < 0 ? 0 : count;
      };
    },
    node: async (size) => {
      const { AsyncLocalStorage } = await import('node:async_hooks');
      const variable = new AsyncLocalStorage<number>();
      const others = Array.from({ length: size }, () => new AsyncLocalStorage<number>());
      return (count) => {
        let sum = 0;
        for (const other of others) other.enterWith(0);
        for (let i = 0; i < count; i += 1) {
          variable.enterWith(i);
          sum += variable.getStore() ?? 0;
        }
        return sum < 0 ? 0 : count;
      };
    },
    effection: async (size) => {
      const { createContext, run } = await import('effection');
      const variable = createContext<number>('measured');
      const others = Array.from({ length: size }, (_, i) => createContext<number>(`other ${i}`));
      return (count) =>
        run(function* () {
          let sum = 0;
          for (const other of others) yield* other.set(0);
          for (let i = 0; i < count; i += 1) {
            yield* variable.set(i);
            sum += yield* variable.expect();
          }
          return sum < 0 ? 0 : count;
        });
    },
    effect: async (size) => {
      const { Context, Effect } = await import('effect');
      const reference = (name: string) =>
        Context.Reference<number>(name, { defaultValue: () => 0 });
      const variable = reference('measured');
      const others = Array.from({ length: size }, (_, i) => reference(`other ${i}`));
      const read = Effect.gen(function* () {
        return yield* variable;
      });
      return (count) => {
        // Theirs is not set but provided to an effect.
        const setAndRead = Effect.gen(function* () {
          let sum = 0;
          for (let i = 0; i < count; i += 1) sum += yield* Effect.provideService(read, variable, i);
          return sum < 0 ? 0 : count;
        });
        return Effect.runPromise(
          others.reduce((inner, other) => Effect.provideService(inner, other, 0), setAndRead),
        );
      };
    },
  },
};
