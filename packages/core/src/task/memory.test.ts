import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { styles, thrownBy, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import type { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { operation } from './operation.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  loop.close();
});

describe.each(styles)('memory ($style)', ({ body }) => {
  /** What each of `makers` makes, none of which may be kept. */
  const makers: Array<[string, () => Script<object>]> = [
    [
      'a finished future',
      function* () {
        const future = loop.createFuture<number>();
        future.setResult(1);
        yield* wait(future);
        return future;
      },
    ],
    [
      'a future with an error that was caught',
      function* () {
        const future = loop.createFuture();
        future.setException(new Error('caught'));
        yield* thrownBy(future);
        return future;
      },
    ],
    [
      'a task that ended',
      function* () {
        const task = createTask(body(turn));
        task.addDoneCallback(() => {});
        yield* wait(task);
        return task;
      },
    ],
    [
      'a task that failed',
      function* () {
        const task = createTask(
          body(function* () {
            throw new Error('caught');
          }),
        );
        yield* thrownBy(task);
        return task;
      },
    ],
    [
      'a task that was cancelled',
      function* () {
        const task = createTask(
          body(function* () {
            yield* wait(loop.createFuture());
          }),
        );
        yield* turn();
        void task.signal;
        task.cancel();
        yield* thrownBy(task);
        return task;
      },
    ],
    [
      'a task that was cancelled before it began',
      function* () {
        const task = createTask(body(turn));
        task.cancel();
        yield* thrownBy(task);
        return task;
      },
    ],
    [
      'an operation',
      function* () {
        const future: Future<void> = operation(function* () {
          yield;
        });
        yield* wait(future);
        return future;
      },
    ],
    [
      'what a task has made',
      function* () {
        const task = createTask(
          body(function* () {
            const made = { large: new Array(1000) };
            yield* turn();
            return new WeakRef(made);
          }),
        );
        return (yield* wait(task)).deref() ?? {};
      },
    ],
  ];

  it.each(makers)('does not hold %s', async (_what, make) => {
    const kept = await loop.runUntilComplete(
      body(function* () {
        const reference = new WeakRef(yield* make());
        yield* turn();
        yield* turn();
        return reference;
      }),
    );
    await collectGarbage();
    expect(kept.deref()).toBeUndefined();
  });

  it('does not grow with the tasks that a loop has run', async () => {
    const measure = async (): Promise<number> => {
      await loop.runUntilComplete(
        body(function* () {
          for (let i = 0; i < 5000; i += 1) yield* wait(createTask(body(turn)));
        }),
      );
      await collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    await measure();
    const before = await measure();
    const after = await measure();
    // A task takes some 500 bytes: that is 2.5 MB for those of one measurement.
    expect(after - before).toBeLessThan(500_000);
  });

  it('does not hold a pending loop, its futures and its tasks once nobody else does', async () => {
    const lost = ((): WeakRef<object> => {
      const forgotten = new EventLoop({ host: new VirtualHost() });
      void forgotten.createTask(body(turn));
      forgotten.callLater(1, () => {});
      return new WeakRef<object>(forgotten.createFuture());
    })();
    await collectGarbage();
    expect(lost.deref()).toBeUndefined();
  });
});
