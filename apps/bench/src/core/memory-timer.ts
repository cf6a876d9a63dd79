import type { Workload } from '../harness/workload.ts';

const MINUTES = 60;
const nothing = (): void => {};

/** What a timer takes until it fires, its handle included. */
export const workload: Workload = {
  name: 'memory-timer',
  title: 'memory of a timer',
  unit: 'bytes',
  cases: [{ label: '', size: 20_000 }],
  twins: {
    loop: async () => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return keep((i) => loop.callLater((1 + (i % 60)) * MINUTES, nothing));
    },
    node: () => keep((i) => setTimeout(nothing, (1 + (i % 60)) * MINUTES * 1000)),
    effection: async () => {
      const { createScope, sleep } = await import('effection');
      const [scope] = createScope();
      return keep((i) => scope.run(() => sleep((1 + (i % 60)) * MINUTES * 1000)));
    },
    effect: async () => {
      const { Effect } = await import('effect');
      return keep((i) => Effect.runFork(Effect.sleep((1 + (i % 60)) * MINUTES * 1000)));
    },
  },
};

function keep(schedule: (i: number) => unknown) {
  const kept: unknown[] = [];
  return (count: number): number => {
    for (let i = 0; i < count; i += 1) kept.push(schedule(i));
    return count;
  };
}
