import { afterEach, describe, expect, it } from 'vitest';
import { gather } from '../combine/gather.ts';
import { sleep } from '../combine/sleep.ts';
import { defaultHost } from '../host/default-host.ts';
import type { Host } from '../host/host.ts';
import { ensureFuture } from '../future/ensure-future.ts';
import { Future } from '../future/future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import { Lock } from '../sync/lock.ts';
import { Task } from '../task/task.ts';
import { createTask } from '../task/create-task.ts';
import type { TaskBody } from '../task/task-body.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import { getRunningLoop } from './running-loop.ts';

const made: string[] = [];

class OwnFuture<T> extends Future<T> {}
class OwnTask<T> extends Task<T> {}

class OwnLoop extends EventLoop {
  override createFuture<T = unknown>(): Future<T> {
    made.push('future');
    return new OwnFuture<T>({ loop: this });
  }

  override createTask<T>(body: TaskBody<T>, options: object = {}): Task<T> {
    made.push('task');
    return new OwnTask<T>(body, { ...options, loop: this });
  }
}

afterEach(() => {
  made.length = 0;
});

describe('a subclass of EventLoop', () => {
  it('CLS-008 has its createTask() used wherever a body becomes a task', async () => {
    using loop = new OwnLoop({ host: new VirtualHost() });
    const body = async (): Promise<number> => 1;
    const classes = await loop.runUntilComplete(async () => {
      const tasks = [ensureFuture(body), createTask(body)];
      await gather(...tasks, body);
      return tasks.map((task) => task.constructor);
    });
    expect(classes).toEqual([OwnTask, OwnTask]);
    expect(made.filter((what) => what === 'task')).toHaveLength(4);
  });

  it('CLS-008 has its createFuture() used wherever the library needs a future', async () => {
    using loop = new OwnLoop({ host: new VirtualHost() });
    const wrapped = wrapFuture(Promise.resolve(1), { loop });
    expect(wrapped).toBeInstanceOf(OwnFuture);
    await loop.runUntilComplete(async () => {
      made.length = 0;
      await sleep(1);
      expect(made).toEqual(['future']);
      const lock = new Lock();
      await lock.acquire();
      const waiting = lock.acquire();
      expect(made.filter((what) => what === 'future').length).toBeGreaterThanOrEqual(2);
      lock.release();
      await waiting;
    });
  });

  it('CLS-008 has its time() used for timers', async () => {
    let now = 100;
    class Clock extends EventLoop {
      override time(): number {
        return now;
      }
    }
    using loop = new Clock({ host: new VirtualHost() });
    const timer = loop.callLater(5, () => loop.stop());
    expect(timer.when()).toBe(105);
    loop.callSoon(() => (now = 104.5));
    setImmediate(() => setImmediate(() => (now = 105)));
    await loop.runForever();
    expect(now).toBe(105);
  });

  it('CLS-009 is driven by its host: one iteration at a time, and running in between', async () => {
    const turns: Array<() => void> = [];
    const host: Host = { ...defaultHost(), macrotask: (fn) => void turns.push(fn) };
    using loop = new EventLoop({ host });
    const trace: string[] = [];
    loop.callSoon(() => {
      trace.push(`running ${getRunningLoop() === loop}`);
      loop.stop();
    });
    const run = loop.runForever();
    expect([loop.isRunning(), turns.length, ...trace]).toEqual([true, 1]);
    turns.shift()?.();
    expect(trace).toEqual(['running true']);
    expect(loop.isRunning()).toBe(false);
    expect(() => getRunningLoop()).toThrow('no running event loop');
    await run;
  });
});

describe('the options of EventLoop', () => {
  it.each<[string, unknown, string]>([
    ['a number', 5, 'Expected the options of EventLoop() to be an object, got 5'],
    [
      'an unknown key',
      { selector: 1 },
      'EventLoop() has no option "selector"; it takes host, debug',
    ],
    ['a host that is none', { host: {} }, 'Expected host to be a Host, got [object Object]'],
    ['a debug flag that is none', { debug: 'yes' }, 'Expected debug to be a boolean, got "yes"'],
  ])('refuse %s', (_, options, message) => {
    expect(() => new EventLoop(options as never)).toThrow(new TypeError(message));
  });
});
