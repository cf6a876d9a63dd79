/** What other libraries of Node's world bring along: their async context, their emitters, their promises. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, getEventListeners, on, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from '../index.ts';

const storage = new AsyncLocalStorage<string>();

describe("another library's AsyncLocalStorage", () => {
  it('is that of the place which made the task, in both styles', async () => {
    const seen = await run(async () => {
      const inAsync = storage.run('async', () =>
        createTask(async () => {
          await sleep(0);
          await delay(0);
          return storage.getStore();
        }),
      );
      const inGenerator = storage.run('generator', () =>
        createTask(function* () {
          yield* sleep(0);
          return storage.getStore();
        }),
      );
      return [...(await gather(inAsync, inGenerator)), storage.getStore()];
    });
    expect(seen).toEqual(['async', 'generator', undefined]);
  });

  it('is that of the place which scheduled the callback', async () => {
    const seen: (string | undefined)[] = [];
    const note = (): void => void seen.push(storage.getStore());
    await run(async () => {
      const loop = getRunningLoop();
      const future = loop.createFuture<void>();
      storage.run('soon', () => void loop.callSoon(note));
      storage.run('threadsafe', () => void loop.callSoonThreadsafe(note));
      storage.run('later', () => void loop.callLater(0.001, note));
      storage.run('done', () => future.addDoneCallback(note));
      loop.callLater(0.002, () => future.setResult());
      await future;
      await sleep(0);
    });
    expect(seen).toEqual(['soon', 'threadsafe', 'later', 'done']);
  });

  it('that a task enters stays its own', async () => {
    const seen = await run(async () => {
      const worker = (name: string) => async (): Promise<(string | undefined)[]> => {
        storage.enterWith(name);
        const before = storage.getStore();
        await sleep(0);
        return [before, storage.getStore()];
      };
      const results = await gather(createTask(worker('one')), createTask(worker('two')));
      return [...results, storage.getStore()];
    });
    expect(seen).toEqual([['one', 'one'], ['two', 'two'], undefined]);
  });
});

describe("Node's emitters and promises", () => {
  it('are awaited in a task, which is the current one afterwards', async () => {
    await run(async () => {
      const emitter = new EventEmitter();
      const task: Task<unknown[]> = createTask(async () => {
        const [value] = (await once(emitter, 'ready')) as [number];
        return [value, currentTask() === task];
      });
      await sleep(0);
      emitter.emit('ready', 7);
      expect(await task).toEqual([7, true]);
    });
  });

  it('events.once() ends with its task, by the signal', async () => {
    await run(async () => {
      const emitter = new EventEmitter();
      const task: Task<unknown[]> = createTask(() =>
        once(emitter, 'never', { signal: task.signal }),
      );
      await sleep(0);
      task.cancel();
      await expect(task).rejects.toBeInstanceOf(CancelledError);
      expect(emitter.listenerCount('never')).toBe(0);
      expect(getEventListeners(task.signal, 'abort')).toHaveLength(0);
    });
  });

  it('events.on() ends with a timeout', async () => {
    await run(async () => {
      const emitter = new EventEmitter();
      const follow = timeout(0.01, async () => {
        const { signal } = currentTask()!;
        for await (const _ of on(emitter, 'tick', { signal }));
      });
      await expect(follow).rejects.toBeInstanceOf(TimeoutError);
      expect(emitter.listenerCount('tick')).toBe(0);
    });
  });
});
