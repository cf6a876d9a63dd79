import { describe, expect, it } from 'vitest';
import { sleep } from '../combine/sleep.ts';
import { ContextVar } from '../context/context-var.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { currentTask } from '../task/current-task.ts';
import { defaultHost } from './default-host.ts';
import type { Host } from './host.ts';
import { createWebHost } from './web-host.ts';

/** Node's host without its way to run microtasks at once. */
function withoutDrain(): Host {
  const node = defaultHost();
  return {
    name: node.name,
    resolution: node.resolution,
    storage: node.storage,
    now: () => node.now(),
    macrotask: (fn) => node.macrotask(fn),
    timer: (when, fn) => node.timer(when, fn),
    quiet: (fn) => node.quiet(fn),
    keepAlive: () => node.keepAlive(),
    env: (name) => node.env(name),
  };
}

const hosts: ReadonlyArray<readonly [name: string, make: () => Host]> = [
  ['the host of Node', defaultHost],
  ['a host that cannot drain microtasks', withoutDrain],
  ['the host of the web', createWebHost],
];

describe.each(hosts)('a loop on %s', (_, makeHost) => {
  it('gives the same trace in both coroutine styles', async () => {
    const traces = [];
    for (const style of ['generator', 'async'] as const) {
      using loop = new EventLoop({ host: makeHost() });
      const trace: string[] = [];
      const mark = (text: string) => () => void trace.push(text);
      loop.callSoon(mark('before'));
      const variable = new ContextVar<string>('variable');
      const body =
        style === 'generator'
          ? function* () {
              variable.set('mine');
              trace.push(`start ${currentTask()?.getName()}`);
              loop.callSoon(mark('soon 1'));
              yield* sleep(0);
              trace.push(`woken ${variable.get()} ${getRunningLoop() === loop}`);
              loop.callSoon(mark('soon 2'));
              yield* sleep(0.001);
              trace.push(`slept ${currentTask()?.getName()}`);
            }
          : async () => {
              variable.set('mine');
              trace.push(`start ${currentTask()?.getName()}`);
              loop.callSoon(mark('soon 1'));
              await sleep(0);
              trace.push(`woken ${variable.get()} ${getRunningLoop() === loop}`);
              loop.callSoon(mark('soon 2'));
              await sleep(0.001);
              trace.push(`slept ${currentTask()?.getName()}`);
            };
      const task = loop.createTask<void>(body, { name: 'main' });
      loop.callSoon(mark('after'));
      await loop.runUntilComplete(task);
      traces.push(trace);
    }
    expect(traces[0]).toEqual([
      'before',
      'start main',
      'after',
      'soon 1',
      'woken mine true',
      'soon 2',
      'slept main',
    ]);
    expect(traces[1]).toEqual(traces[0]);
  });

  it('LOOP-023 stays alive with nothing to do, until it is stopped from outside', async () => {
    using loop = new EventLoop({ host: makeHost() });
    const running = loop.runForever();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(loop.isRunning()).toBe(true);
    loop.stop();
    await running;
    expect(loop.isRunning()).toBe(false);
  });

  it('is woken by a callback from outside', async () => {
    using loop = new EventLoop({ host: makeHost() });
    const running = loop.runForever();
    setTimeout(() => loop.callSoonThreadsafe(() => loop.stop()), 1);
    await running;
    expect(loop.isRunning()).toBe(false);
  });

  it('lets a task await a foreign promise', async () => {
    using loop = new EventLoop({ host: makeHost() });
    const result = await loop.runUntilComplete(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return 'foreign';
    });
    expect(result).toBe('foreign');
  });

  it('does not hand the scope of a task to what it schedules', async () => {
    using loop = new EventLoop({ host: makeHost() });
    const seen = await loop.runUntilComplete(async () => {
      const outside = loop.createFuture();
      // A callback of the loop has a scope of its own, with no task.
      loop.callSoon(() => outside.setResult(currentTask()));
      return outside;
    });
    expect(seen).toBeNull();
  });
});

describe('the host of the web', () => {
  it('knows the task of an async function up to its first foreign await', async () => {
    using loop = new EventLoop({ host: createWebHost() });
    const task = loop.createTask(
      async () => {
        const names = [currentTask(loop)?.getName()];
        await sleep(0);
        names.push(currentTask(loop)?.getName());
        return names;
      },
      { name: 'known' },
    );
    expect(await loop.runUntilComplete(task)).toEqual(['known', 'known']);
  });
});
