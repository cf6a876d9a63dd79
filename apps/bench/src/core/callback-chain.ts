import type { Workload } from '../harness/workload.ts';

/** Each callback schedules the next one: an operation is one iteration of the loop. */
export const workload: Workload = {
  name: 'callback-chain',
  title: 'callbacks in a chain',
  unit: 'ns',
  cases: [{ label: '', size: 1, targets: [{ against: 'uvloop', atLeast: 5 }] }],
  twins: {
    loop: async () => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return async (count) => {
        let left = count;
        const link = (): void => {
          left -= 1;
          if (left > 0) loop.callSoon(link);
          else loop.stop();
        };
        loop.callSoon(link);
        await loop.runForever();
        return count;
      };
    },
    node: () => chain(setImmediate),
    microtask: () => chain(queueMicrotask),
    effection: async () => {
      const { createScope } = await import('effection');
      const [scope] = createScope();
      return (count) =>
        new Promise((resolve) => {
          let left = count;
          function* link(): Generator<never, void, unknown> {
            left -= 1;
            if (left > 0) void scope.run(link);
            else resolve(count);
          }
          void scope.run(link);
        });
    },
    effect: async () => {
      const { Scheduler } = await import('effect');
      const dispatcher = new Scheduler.MixedScheduler().makeDispatcher();
      return chain((callback) => dispatcher.scheduleTask(callback, 0));
    },
  },
};

/** A chain by any function that schedules a callback. */
function chain(schedule: (callback: () => void) => unknown) {
  return (count: number) =>
    new Promise<number>((resolve) => {
      let left = count;
      const link = (): void => {
        left -= 1;
        if (left > 0) schedule(link);
        else resolve(count);
      };
      schedule(link);
    });
}
