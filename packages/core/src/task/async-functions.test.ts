import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { ContextVar } from '../context/context-var.ts';
import { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { currentTask } from './current-task.ts';
import { operation } from './operation.ts';
import type { Task } from './task.ts';

let loop: EventLoop;
let trace: unknown[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const me = (): Task => currentTask() as Task;
const caught = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
/** Resolves from outside of the loop. */
const foreign = <T>(value: T): Promise<T> =>
  new Promise((resolve) => void setImmediate(() => resolve(value)));

function turn(): Future<void> {
  return operation(function* () {
    yield;
  });
}

describe('a foreign promise in an async task', () => {
  it('is awaited while the loop goes on, and keeps the task, its loop and its context', async () => {
    const variable = new ContextVar('variable', { default: 'unset' });
    await loop.runUntilComplete(async () => {
      const task = me();
      variable.set('set');
      const ticks = countIterations(loop);
      const others = createTask(async () => {
        for (let i = 0; i < 3; i += 1) await turn();
        trace.push('others go on');
      });
      trace.push(await foreign('foreign'));
      trace.push(me() === task, getRunningLoop() === loop, variable.get(), ticks() > 0);
      variable.set('again');
      await foreign(1);
      await turn();
      trace.push(me() === task, variable.get());
      await others;
    });
    expect(trace.filter((each) => each !== 'others go on')).toEqual([
      'foreign',
      true,
      true,
      'set',
      true,
      true,
      'again',
    ]);
    expect(trace).toContain('others go on');
  });

  it('may be fetch(), which task.signal aborts', async () => {
    const real = new EventLoop();
    const server = createServer((_request, response) => response.flushHeaders()).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const task = real.createTask(async () => {
      const response = await fetch(`http://127.0.0.1:${port}`, { signal: me().signal });
      trace.push(response.status);
      return await response.text();
    });
    server.once('request', () => setImmediate(() => void task.cancel('enough')));
    const error = await caught(real.runUntilComplete(task));
    server.closeAllConnections();
    server.close();
    real.close();
    expect(error).toBeInstanceOf(CancelledError);
    expect([task.cancelled(), (error as CancelledError).args]).toEqual([true, ['enough']]);
  });

  it('is not interrupted by cancel(): the error comes at the next wait for the loop', async () => {
    const gate = deferred();
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => {
        trace.push(await gate.promise);
        trace.push(me().signal.aborted);
        await turn();
        trace.push('not reached');
      });
      await turn();
      task.cancel('why');
      await turn();
      expect([task.done(), task.cancelling()]).toEqual([false, 1]);
      gate.resolve('foreign');
      expect(((await caught(task)) as CancelledError).args).toEqual(['why']);
      expect(task.cancelled()).toBe(true);
    });
    expect(trace).toEqual(['foreign', true]);
  });

  it('ends the task cancelled if nothing of the loop is awaited after it', async () => {
    const gate = deferred();
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => await gate.promise);
      await turn();
      task.cancel();
      gate.resolve('discarded');
      expect(await caught(task)).toBeInstanceOf(CancelledError);
    });
  });

  it('is interrupted at once when it is wrapped', async () => {
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => await wrapFuture(new Promise<never>(() => {})));
      await turn();
      task.cancel('why');
      expect(((await caught(task)) as CancelledError).args).toEqual(['why']);
    });
  });

  it('that rejects throws, whatever it rejects with', async () => {
    await loop.runUntilComplete(async () => {
      for (const reason of [new Error('foreign'), 'text', undefined]) {
        const task = createTask(async () => {
          await foreign(1);
          throw reason;
        });
        expect(await caught(task)).toBe(reason);
      }
    });
  });
});

describe('async helpers of a task', () => {
  it('are part of it, as deep as they nest', async () => {
    const pending = loop.createFuture();
    const helper = async (depth: number): Promise<void> => {
      trace.push(me().getName());
      try {
        await (depth === 0 ? pending : helper(depth - 1));
      } finally {
        trace.push(`finally ${depth}`);
        await turn();
      }
    };
    await loop.runUntilComplete(async () => {
      const task = createTask(() => helper(2), { name: 'mine' });
      await turn();
      task.cancel('why');
      expect(pending.cancelled()).toBe(true);
      expect(((await caught(task)) as CancelledError).args).toEqual(['why']);
    });
    expect(trace).toEqual(['mine', 'mine', 'mine', 'finally 0', 'finally 1', 'finally 2']);
  });

  it('end in the step in which the last of them was resumed', async () => {
    const helper = async (depth: number, future: Future<string>): Promise<string> =>
      depth === 0 ? await future : await helper(depth - 1, future);
    await loop.runUntilComplete(async () => {
      const now = countIterations(loop);
      const future = loop.createFuture<string>();
      loop.callSoon(() => {
        future.setResult('result');
        loop.callSoon(() => trace.push(`${now()}: behind`));
      });
      const result = await helper(50, future);
      trace.push(`${now()}: ${result}`);
      await turn();
    });
    expect(trace).toEqual(['2: result', '2: behind']);
  });

  it('side by side in Promise.all are all cancelled', async () => {
    const futures = [loop.createFuture(), loop.createFuture(), loop.createFuture()];
    const helper = async (future: Future): Promise<void> => {
      try {
        await future;
      } finally {
        await turn();
        trace.push('cleaned');
      }
    };
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => {
        await Promise.allSettled(futures.map(helper));
        trace.push('went on');
      });
      await turn();
      task.cancel();
      expect(futures.map((future) => future.cancelled())).toEqual([true, true, true]);
      await task;
    });
    expect(trace).toEqual(['cleaned', 'cleaned', 'cleaned', 'went on']);
  });

  it('side by side in Promise.all go on as each future is there', async () => {
    const result = await loop.runUntilComplete(async () => {
      const futures = [loop.createFuture<string>(), loop.createFuture<string>()];
      loop.callSoon(() => {
        futures[1]?.setResult('second');
        loop.callSoon(() => futures[0]?.setResult('first'));
      });
      return await Promise.all(futures);
    });
    expect(result).toEqual(['first', 'second']);
  });

  it('that Promise.all awaits directly are cancelled, and it rejects', async () => {
    const futures = [loop.createFuture(), loop.createFuture()];
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => await Promise.all(futures));
      await turn();
      task.cancel('why');
      expect(((await caught(task)) as CancelledError).args).toEqual(['why']);
      expect([task.cancelled(), ...futures.map((future) => future.cancelled())]).toEqual([
        true,
        true,
        true,
      ]);
    });
  });

  it('that lose in Promise.race stay awaited until they settle', async () => {
    const [slow, fast] = [loop.createFuture<string>(), loop.createFuture<string>()];
    await loop.runUntilComplete(async () => {
      loop.callSoon(() => fast.setResult('fast'));
      trace.push(await Promise.race([slow, fast]));
      slow.setResult('slow');
      await turn();
    });
    expect(trace).toEqual(['fast']);
  });
});

describe('then() of a future in a task', () => {
  it('with a callback is not a wait: cancel() leaves that future alone', async () => {
    const [watched, awaited] = [loop.createFuture<string>(), loop.createFuture()];
    await loop.runUntilComplete(async () => {
      const task = createTask(async () => {
        await turn();
        void watched.then((value) => trace.push(value));
        watched.catch(() => {});
        void watched.finally(() => trace.push('finally'));
        await awaited;
      });
      await turn();
      await turn();
      task.cancel();
      expect([watched.cancelled(), awaited.cancelled()]).toEqual([false, true]);
      await caught(task);
      watched.setResult('still there');
      await turn();
    });
    expect(trace).toEqual(['still there', 'finally']);
  });

  it.each<[string, (future: Future<string>) => Promise<unknown>]>([
    ['its resolve alone', (future) => new Promise((resolve) => void future.then(resolve))],
    [
      'both, and a catch',
      (future) =>
        new Promise((resolve, reject) => {
          future.then(resolve, reject).catch(() => {});
        }),
    ],
    [
      'resolve, then catch with reject',
      (future) =>
        new Promise((resolve, reject) => {
          future.then(resolve).catch(reject);
        }),
    ],
    [
      'a bound function',
      (future) =>
        new Promise((resolve) => {
          void future.then(resolve.bind(null));
        }),
    ],
  ])(
    "works in the executor of a promise, with %s, after the task's first await too",
    async (_what, adopt) => {
      await loop.runUntilComplete(async () => {
        await turn();
        const future = loop.createFuture<string>();
        loop.callSoon(() => future.setResult('result'));
        trace.push(await adopt(future));
      });
      expect(trace).toEqual(['result']);
    },
  );

  it('passes an error on to the executor of a promise', async () => {
    await loop.runUntilComplete(async () => {
      await turn();
      const future = loop.createFuture<string>();
      loop.callSoon(() => future.setException(new Error('failed')));
      trace.push(
        await caught(new Promise((resolve, reject) => void future.then(resolve, reject))),
        await caught(new Promise((resolve, reject) => void future.then(resolve).catch(reject))),
      );
    });
    expect(trace.map(String)).toEqual(['Error: failed', 'Error: failed']);
  });
});

describe('an async function called without await', () => {
  it('is part of the task that called it, and may outlive it', async () => {
    const future = loop.createFuture<string>();
    await loop.runUntilComplete(async () => {
      const task = createTask(
        async () => {
          void (async () => {
            const value = await future;
            await turn();
            trace.push(value, me().getName());
          })();
        },
        { name: 'mine' },
      );
      await task;
      future.setResult('late');
      for (let i = 0; i < 5; i += 1) await turn();
    });
    expect(trace).toEqual(['late', 'mine']);
  });
});

describe('concurrent async tasks', () => {
  it('know themselves at every step, 1000 of them with foreign promises between', async () => {
    const variable = new ContextVar<number>('variable');
    await loop.runUntilComplete(async () => {
      const tasks = Array.from({ length: 1000 }, (_, index) =>
        createTask(async () => {
          const task = me();
          variable.set(index);
          for (let i = 0; i < 3; i += 1) {
            await (i % 2 === index % 2 ? turn() : foreign(1));
            if (me() !== task || variable.get() !== index) trace.push(index);
          }
          return index;
        }),
      );
      for (const [index, task] of tasks.entries()) expect(await task).toBe(index);
    });
    expect(trace).toEqual([]);
  });
});

function deferred(): { promise: Promise<string>; resolve: (value: string) => void } {
  let resolve!: (value: string) => void;
  const promise = new Promise<string>((settle) => (resolve = settle));
  return { promise, resolve };
}
