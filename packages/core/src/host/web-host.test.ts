import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostOfThePage } from '../../test/as-a-page.ts';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { TaskGroup } from '../combine/task-group.ts';
import { timeout } from '../combine/timeout.ts';
import { Context } from '../context/context.ts';
import { ContextVar } from '../context/context-var.ts';
import type { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { run } from '../run/run.ts';
import { currentTask } from '../task/current-task.ts';
import type { Task } from '../task/task.ts';
import { createWebHost } from './web-host.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop();
});

afterEach(() => {
  loop.close();
});

const me = (): string | undefined => currentTask()?.getName();

describe('a page', () => {
  it('has the host of the web, for loops that are given one and that are not', async () => {
    expect(loop._host).toBe(hostOfThePage);
    using given = new EventLoop({ host: createWebHost() });
    const names = await given.runUntilComplete(
      given.createTask(
        async () => {
          await sleep(0.001);
          return [me(), getRunningLoop() === given];
        },
        { name: 'main' },
      ),
    );
    expect(names).toEqual(['main', true]);
  });

  it('has no environment, and keeps nothing alive', () => {
    expect(hostOfThePage.env('PATH')).toBeUndefined();
    expect(hostOfThePage.keepAlive()()).toBeUndefined();
    expect(hostOfThePage.drain).toBeUndefined();
  });

  it('knows task and context in async functions inside one another, side by side', async () => {
    const variable = new ContextVar<string>('variable');
    const worker = (name: string) =>
      loop.createTask(
        async () => {
          variable.set(name);
          const seen = [];
          const inner = async (): Promise<void> => {
            await sleep(0.001);
            seen.push(me(), variable.get());
          };
          for (let round = 0; round < 3; round += 1) {
            await inner();
            await timeout(1, inner);
            await timeout(1, async () => {
              await Promise.all([inner(), sleep(0)]);
            });
            seen.push(me(), variable.get());
          }
          return new Set(seen);
        },
        { name },
      );
    const seen = await loop.runUntilComplete(
      async () => await gather(...['a', 'b', 'c'].map(worker)),
    );
    expect(seen).toEqual([new Set(['a']), new Set(['b']), new Set(['c'])]);
  });

  it('knows no task any more once a callback, a run or Context.run() is over', async () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    const inside = context.run(async () => {
      variable.set('inside');
      await Promise.resolve();
    });
    expect(variable.get()).toBe('outside');
    await inside;
    expect(variable.get()).toBe('outside');
    await run(async () => {
      variable.set('main');
      await sleep(0.001);
    });
    expect(variable.get()).toBe('outside');
    expect(() => getRunningLoop()).toThrow('no running event loop');
  });

  it('cancels what an async function waits for', async () => {
    const task = loop.createTask(async () => {
      try {
        await sleep(3600);
      } catch (error) {
        return String(error);
      }
      return 'slept';
    });
    loop.callLater(0.001, () => task.cancel('enough'));
    expect(await loop.runUntilComplete(task)).toBe('CancelledError: enough');
  });

  it('knows task and context behind the promises that a future gives', async () => {
    const variable = new ContextVar<string>('variable');
    const worker = (name: string) =>
      loop.createTask(
        async () => {
          variable.set(name);
          const seen: unknown[] = [];
          const look = (): void => void seen.push(me(), variable.get());
          const failed = (): Future<number> => {
            const future = loop.createFuture<number>();
            loop.callSoon(() => future.setException(new Error(name)));
            return future;
          };
          for (let round = 0; round < 3; round += 1) {
            expect(await failed().catch(String)).toBe(`Error: ${name}`);
            look();
            expect(await sleep(0.001, 1).then((value) => value + 1)).toBe(2);
            look();
            await sleep(0).finally(() => {});
            look();
            const chained = failed().then(() => 0);
            expect(await chained.catch(() => 1).then((value) => value + 1)).toBe(2);
            look();
            expect(await chained.finally(() => {}).catch(String)).toBe(`Error: ${name}`);
            look();
          }
          return new Set(seen);
        },
        { name },
      );
    const seen = await loop.runUntilComplete(
      async () => await gather(...['a', 'b', 'c'].map(worker)),
    );
    expect(seen).toEqual([new Set(['a']), new Set(['b']), new Set(['c'])]);
  });

  it('ends timeouts and groups in the task that began them, after a future that failed', async () => {
    const failing = (): Future => {
      const future = loop.createFuture();
      loop.callSoon(() => future.setException(new Error('failed')));
      return future;
    };
    const main: Task = loop.createTask(async () => {
      await loop.createTask(async () => {
        await sleep(0);
      });
      await failing().catch(() => {});
      const slow = timeout(0.001, async () => {
        await failing().catch(() => {});
        await sleep(3600);
      });
      const error = await slow.catch((reason: unknown) => reason);
      await TaskGroup.run(async (group) => {
        await failing().catch(() => {});
        void group.createTask(async () => await sleep(0.001));
      });
      return [String(error), currentTask() === main];
    });
    expect(await loop.runUntilComplete(main)).toEqual(['TimeoutError', true]);
  });

  it('leaves then() as it is for code outside of tasks', async () => {
    const future = loop.createFuture<number>();
    const seen: unknown[] = [];
    const derived = future.then((value) => value + 1);
    void Promise.all([future, future.finally(() => seen.push('finally'))]).then(
      seen.push.bind(seen),
    );
    loop.callSoon(() => future.setResult(1));
    await loop.runUntilComplete(future);
    expect([await derived, await future, await future.catch(() => 0)]).toEqual([2, 1, 1]);
    expect(seen[0]).toBe('finally');
  });
});
