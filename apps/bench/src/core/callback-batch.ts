import type { Workload } from '../harness/workload.ts';

const nothing = (): void => {};

/** A thousand callbacks and more are queued at once, then they run. */
export const workload: Workload = {
  name: 'callback-batch',
  title: 'callbacks in a batch',
  unit: 'ns',
  cases: [
    {
      label: 'of 10,000',
      size: 10_000,
      targets: [{ against: 'uvloop', atLeast: 10, aim: 20 }],
    },
  ],
  twins: {
    loop: async (size) => {
      const { newEventLoop } = await import('@loop/core');
      const loop = newEventLoop();
      return async (count) => {
        let done = 0;
        const batch = (): void => {
          if (done >= count) return loop.stop();
          for (let i = 1; i < size; i += 1) loop.callSoon(nothing);
          loop.callSoon(batch);
          done += size;
        };
        loop.callSoon(batch);
        await loop.runForever();
        return done;
      };
    },
    node: (size) => batches(size, setImmediate),
    microtask: (size) => batches(size, queueMicrotask),
    effection: async (size) => {
      const { createScope } = await import('effection');
      const [scope] = createScope();
      function* callback(): Generator<never, void, unknown> {}
      return async (count) => {
        let done = 0;
        while (done < count) {
          for (let i = 1; i < size; i += 1) void scope.run(callback);
          await scope.run(callback);
          done += size;
        }
        return done;
      };
    },
    effect: async (size) => {
      const { Scheduler } = await import('effect');
      const dispatcher = new Scheduler.MixedScheduler().makeDispatcher();
      return batches(size, (callback) => dispatcher.scheduleTask(callback, 0));
    },
  },
};

/** Batches by any function that schedules a callback. */
function batches(size: number, schedule: (callback: () => void) => unknown) {
  return (count: number) =>
    new Promise<number>((resolve) => {
      let done = 0;
      const batch = (): void => {
        if (done >= count) return resolve(done);
        for (let i = 1; i < size; i += 1) schedule(nothing);
        schedule(batch);
        done += size;
      };
      schedule(batch);
    });
}
