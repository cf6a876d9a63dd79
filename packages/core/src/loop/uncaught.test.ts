import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, wait, type Script } from '../../test/coroutine-styles.ts';
import { uncaughtErrors } from '../../test/uncaught-errors.ts';
import { Future } from '../future/future.ts';
import { defaultHost } from '../host/default-host.ts';
import type { Host } from '../host/host.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';

const hosts: ReadonlyArray<readonly [string, () => Host]> = [
  ['Node', defaultHost],
  ['Node without drain', () => ({ ...defaultHost(), drain: undefined })],
  ['virtual time', () => new VirtualHost()],
];

describe.each(hosts)('what user code throws outside of callbacks, on %s', (_, makeHost) => {
  let loop: EventLoop;
  let trace: string[];

  beforeEach(() => {
    loop = new EventLoop({ host: makeHost() });
    trace = [];
  });

  afterEach(() => {
    loop.close();
  });

  const log = (text: string): void => void trace.push(text);
  const fail = (text: string) => (): never => {
    throw new Error(text);
  };

  /** Runs the loop until `steps` has ended, and three more iterations behind it. */
  const run = (steps: () => Promise<void>): Promise<unknown[]> =>
    uncaughtErrors(async () => {
      const task = loop.createTask(steps);
      loop.callSoon(log, 'behind in the batch');
      await loop.runUntilComplete(task);
      await loop.runUntilComplete(function* () {
        yield;
        yield;
      });
      log(`running: ${loop.isRunning()}`);
    });

  const goesOn = ['behind in the batch', 'step', 'running: false'];

  it('from process.nextTick() reaches the process, and the loop goes on', async () => {
    const errors = await run(async () => {
      process.nextTick(fail('tick'));
      await loop.createTask(async () => {});
      log('step');
    });
    expect(errors).toEqual([['uncaughtException', new Error('tick')]]);
    expect(trace).toEqual(goesOn);
  });

  it('from a microtask reaches the process, and the loop goes on', async () => {
    const errors = await run(async () => {
      queueMicrotask(fail('microtask'));
      await loop.createTask(async () => {});
      log('step');
    });
    expect(errors).toEqual([['uncaughtException', new Error('microtask')]]);
    expect(trace).toEqual(goesOn);
  });

  it('from a promise that nobody handles reaches the process, and the loop goes on', async () => {
    const errors = await run(async () => {
      void Promise.reject(new Error('promise'));
      await loop.createTask(async () => {});
      log('step');
    });
    expect(errors).toEqual([['unhandledRejection', new Error('promise')]]);
    expect(trace).toEqual(goesOn);
  });

  it('keeps the batch apart from what it has scheduled, when stop() was called in it', async () => {
    const errors = await uncaughtErrors(async () => {
      void loop.createTask(async () => {
        loop.stop();
        process.nextTick(fail('tick'));
      });
      loop.callSoon(() => {
        log('behind in the batch');
        loop.callSoon(log, 'scheduled by the batch');
      });
      await loop.runForever();
      log('ended');
    });
    expect(errors).toHaveLength(1);
    expect(trace).toEqual(['behind in the batch', 'ended']);
  });

  it('from callbacks that schedule ticks, one error each and in order', async () => {
    const errors = await uncaughtErrors(async () => {
      for (let i = 0; i < 5; i += 1) {
        void loop.createTask(async () => {
          process.nextTick(fail(`tick ${i}`));
          log(`task ${i}`);
        });
      }
      loop.callLater(0.001, () => loop.stop());
      await loop.runForever();
    });
    expect(errors.map((each) => String((each as unknown[])[1]))).toEqual(
      [0, 1, 2, 3, 4].map((i) => `Error: tick ${i}`),
    );
    expect(trace).toEqual([0, 1, 2, 3, 4].map((i) => `task ${i}`));
  });
});

describe('a subclass that breaks its contract', () => {
  it.each(styles)('fails the task that awaits it ($style)', async ({ body }) => {
    class Broken extends Future {
      override addDoneCallback(): never {
        throw new Error('broken');
      }
    }
    using loop = new EventLoop({ host: new VirtualHost() });
    const trace: string[] = [];
    const errors = await uncaughtErrors(async () => {
      const task = loop.createTask(
        body(function* (): Script<string> {
          try {
            yield* wait(new Broken({ loop }));
          } catch (error) {
            return String(error);
          }
          return 'waited';
        }),
      );
      loop.callSoon(() => trace.push('behind'));
      trace.push(await loop.runUntilComplete(task));
    });
    expect(errors).toEqual([]);
    expect(trace).toEqual(['behind', 'Error: broken']);
  });

  it('as an exception handler reaches the process, and the loop goes on', async () => {
    class Broken extends EventLoop {
      override callExceptionHandler(): never {
        throw new Error('broken');
      }
    }
    using loop = new Broken({ host: new VirtualHost() });
    const trace: string[] = [];
    const errors = await uncaughtErrors(async () => {
      loop.callSoon(() => {
        throw new Error('from a callback');
      });
      loop.callSoon(() => {
        trace.push('behind');
        loop.callSoon(() => trace.push('next iteration'));
      });
      loop.callLater(1, () => loop.stop());
      await loop.runForever();
    });
    expect(errors).toEqual([['uncaughtException', new Error('broken')]]);
    expect(trace).toEqual(['behind', 'next iteration']);
  });
});

describe('a Future', () => {
  it('FUT-028 never causes an unhandled rejection', async () => {
    const loop = new EventLoop({ host: new VirtualHost() });
    const reported: string[] = [];
    loop.setExceptionHandler((_, { message }) => void reported.push(String(message)));
    const errors = await uncaughtErrors(async () => {
      const future = loop.createFuture();
      future.setException(new Error('nobody looks'));
      const looked = loop.createFuture();
      looked.setException(new Error('seen through a promise'));
      await looked.catch(() => {});
      const task = loop.createTask(async () => {
        throw new Error('a task that nobody awaits');
      });
      const cancelled = loop.createTask(function* () {
        yield* loop.createFuture();
      });
      loop.callSoon(() => cancelled.cancel());
      await loop.runUntilComplete(function* () {
        while (!task.done() || !cancelled.done()) yield;
      });
      await new Promise((resolve) => void setImmediate(resolve));
    });
    loop.close();
    expect(errors).toEqual([]);
    expect(reported).toEqual([
      'Future exception was never retrieved',
      'Task exception was never retrieved',
    ]);
  });
});
