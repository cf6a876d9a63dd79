import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  attachLoop,
  CancelledError,
  EventLoop,
  LookupError,
  runCoroutineThreadsafe,
  RuntimeError,
  sleep,
  ValueError,
} from '../index.ts';
import { buildForWorkers } from '../../test/build-for-workers.ts';

let core: URL;
const workers: Worker[] = [];

beforeAll(async () => {
  core = await buildForWorkers();
}, 60_000);

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** Runs `body`, which sees `loop` and `parentPort`, in a worker that is attached to `loop`. */
function startWorker(loop: EventLoop, body: string): Worker {
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    import * as core from ${JSON.stringify(core.href)};
    const loop = core.attachLoop(workerData);
    ${body}`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: loop.share(),
  });
  workers.push(worker);
  return worker;
}

describe('share, publish, attachLoop', () => {
  it('CB-008 LOOP-028 wakes a loop that is idle, from another thread', async () => {
    using loop = new EventLoop();
    const got: unknown[] = [];
    loop.publish('hello', (...args: unknown[]) => {
      got.push(...args);
      loop.stop();
    });
    startWorker(loop, `loop.callSoonThreadsafe('hello', 1, 'two', null);`);
    await loop.runForever();
    expect(got).toEqual([1, 'two', null]);
  });

  it('keeps the order of each sender, batched and single calls mixed', async () => {
    using loop = new EventLoop();
    const got: number[] = [];
    loop.publish('number', (value: number | { value: number }) => {
      got.push(typeof value === 'number' ? value : value.value);
    });
    loop.publish('end', () => loop.stop());
    startWorker(
      loop,
      `for (let i = 0; i < 1000; i += 1) loop.callSoonThreadsafe('number', i % 7 === 0 ? { value: i } : i);
       loop.callSoonThreadsafe('end');`,
    );
    await loop.runForever();
    expect(got).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('HL-024 runs coroutines for another thread: results, errors and plain values', async () => {
    using loop = new EventLoop();
    loop.publish('later', async (value: string) => {
      await sleep(0);
      return `${value}!`;
    });
    loop.publish('generator', function* (value: number) {
      yield* sleep(0);
      return value + 1;
    });
    loop.publish('plain', () => 'plain');
    loop.publish('fails', () => {
      throw new ValueError('not this one');
    });
    const worker = startWorker(
      loop,
      `const outcomes = await Promise.allSettled([
         loop.runCoroutineThreadsafe('later', 'a'),
         loop.runCoroutineThreadsafe('generator', 1),
         loop.runCoroutineThreadsafe('plain'),
         loop.runCoroutineThreadsafe('fails'),
         loop.runCoroutineThreadsafe('unknown'),
       ]);
       parentPort.postMessage(outcomes.map(({ value, reason }) =>
         value ?? [reason instanceof core.ValueError, reason instanceof core.LookupError, reason.message]));`,
    );
    const outcomes = once(worker, 'message');
    void outcomes.then(() => loop.callSoonThreadsafe(() => loop.stop()));
    await loop.runForever();
    expect(await outcomes).toEqual([
      [
        'a!',
        2,
        'plain',
        [true, false, 'not this one'],
        [
          false,
          true,
          'no function is published as "unknown"; there are later, generator, plain, fails',
        ],
      ],
    ]);
  });

  it('HL-024 cancels the task when the outcome is cancelled over there', async () => {
    using loop = new EventLoop();
    const cancelled = loop.createFuture<string>();
    loop.publish('started', () => {});
    loop.publish('forever', async () => {
      try {
        await loop.createFuture();
      } catch (error) {
        cancelled.setResult((error as Error).name);
        throw error;
      }
    });
    startWorker(
      loop,
      `const outcome = loop.runCoroutineThreadsafe('forever');
       await loop.runCoroutineThreadsafe('started');
       outcome.cancel();`,
    );
    expect(await loop.runUntilComplete(cancelled)).toBe('CancelledError');
  });

  it('CB-009 throws in the other thread once the loop is closed, and fails what waits', async () => {
    const loop = new EventLoop();
    loop.publish('ready', () => loop.stop());
    loop.publish('forever', () => loop.createFuture());
    const worker = startWorker(
      loop,
      `const forever = loop.runCoroutineThreadsafe('forever');
       loop.callSoonThreadsafe('ready');
       const error = await forever.catch((reason) => reason);
       let thrown;
       try { loop.callSoonThreadsafe('ready'); } catch (reason) { thrown = reason; }
       parentPort.postMessage([error.message, thrown instanceof core.RuntimeError, thrown.message]);`,
    );
    const message = once(worker, 'message');
    await loop.runForever();
    loop.setExceptionHandler(() => {});
    loop.close();
    expect(await message).toEqual([['Event loop is closed', true, 'Event loop is closed']]);
  });

  it('CB-008 sends the first call at once, though the worker goes on computing', async () => {
    using loop = new EventLoop();
    const gate = new Int32Array(new SharedArrayBuffer(4));
    loop.publish('progress', (share: number) => {
      got.push(share);
      loop.stop();
    });
    const got: number[] = [];
    const worker = startWorker(
      loop,
      `parentPort.once('message', (gate) => {
         loop.callSoonThreadsafe('progress', 0.5);
         Atomics.wait(gate, 0, 0);
         loop.callSoonThreadsafe('progress', 1);
       });`,
    );
    worker.postMessage(gate);
    await loop.runForever();
    expect(got).toEqual([0.5]);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await loop.runForever();
    expect(got).toEqual([0.5, 1]);
  });

  it('delivers to each of many threads what is for it, and to no other', async () => {
    using loop = new EventLoop();
    const threads = 20;
    const ended = loop.createFuture<void>();
    let left = threads;
    loop.publish('double', (value: number) => 2 * value);
    loop.publish('end', () => {
      left -= 1;
      if (left === 0) ended.setResult();
    });
    // Threads on this one: more than there are channels, so that some share one.
    const attached = Array.from({ length: threads }, () => attachLoop(loop.share()));
    const answers = Promise.all(
      attached.map((each, index) => each.runCoroutineThreadsafe<number>('double', index)),
    );
    for (const each of attached) each.callSoonThreadsafe('end');
    await loop.runUntilComplete(async () => Promise.all([answers, ended]));
    expect(await answers).toEqual(attached.map((_, index) => 2 * index));
    for (const each of attached) each.close();
  });

  it('rejects what is pending when the thread detaches, and throws from then on', async () => {
    using loop = new EventLoop();
    loop.publish('forever', () => loop.createFuture());
    const attached = attachLoop(loop.share());
    const pending = attached.runCoroutineThreadsafe('forever');
    attached.close();
    attached.close();
    await expect(pending).rejects.toThrow('this thread has detached from the loop');
    expect(() => attached.callSoonThreadsafe('forever')).toThrow(RuntimeError);
    expect(() => attached.runCoroutineThreadsafe('forever')).toThrow(RuntimeError);
  });

  it('is not harmed by a worker that dies in the middle', async () => {
    using loop = new EventLoop();
    const called = loop.createFuture<void>();
    loop.publish('called', () => {
      if (!called.done()) called.setResult();
    });
    loop.publish('forever', () => loop.createFuture());
    const worker = startWorker(
      loop,
      `loop.runCoroutineThreadsafe('forever'); setInterval(() => loop.callSoonThreadsafe('called'), 0);`,
    );
    await loop.runUntilComplete(called);
    await worker.terminate();
    expect(await loop.runUntilComplete(() => sleep(0, 'alive'))).toBe('alive');
    for (const task of loop._tasks) task.cancel();
    await loop.runUntilComplete(() => sleep(0));
  });

  it('reports calls of names that are not published', async () => {
    using loop = new EventLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_, context) => {
      reports.push(context.exception);
      loop.stop();
    });
    startWorker(loop, `loop.callSoonThreadsafe('nobody');`);
    await loop.runForever();
    expect(reports[0]).toBeInstanceOf(LookupError);
  });

  it('refuses bad arguments', () => {
    using loop = new EventLoop();
    expect(() => loop.publish('', () => {})).toThrow('Expected name to be a string, got ""');
    expect(() => loop.publish('x', 5 as never)).toThrow(TypeError);
    expect(() => attachLoop({} as never)).toThrow('Expected ref to come from loop.share()');
    const { id, state } = loop.share();
    expect(() => attachLoop({ id, state: new Int32Array(state) })).toThrow(
      'ref is a copy, made on the way to another process: only threads of its own process can',
    );
    using attached = attachLoop(loop.share());
    expect(() => attached.callSoonThreadsafe(5 as never)).toThrow('got 5');
    expect(() => attached.callSoonThreadsafe('x', () => {})).toThrow(/(could|can) not be cloned/);
    attached.close();
    expect(() => attached.callSoonThreadsafe('x', {})).toThrow(RuntimeError);
  });
});

describe('runCoroutineThreadsafe on the own thread', () => {
  it('HL-024 gives the outcome, and refuses what is no coroutine', async () => {
    using loop = new EventLoop();
    const outcome = runCoroutineThreadsafe(async () => sleep(0, 'done'), loop);
    const failed = runCoroutineThreadsafe(function* () {
      throw new RangeError('inside');
    }, loop);
    void failed.catch(() => {}).then(() => loop.stop());
    await loop.runForever();
    expect(await outcome).toBe('done');
    await expect(failed).rejects.toThrow('inside');
    expect(() => runCoroutineThreadsafe(5 as never, loop)).toThrow(
      'A coroutine object is required, got 5',
    );
    expect(() => runCoroutineThreadsafe(async () => {}, {} as never)).toThrow('Expected loop');
  });

  it('HL-024 cancels the task', async () => {
    using loop = new EventLoop();
    const ended = loop.createFuture<boolean>();
    const outcome = runCoroutineThreadsafe(async () => {
      try {
        await sleep(3600);
      } catch (error) {
        ended.setResult(error instanceof CancelledError);
        throw error;
      }
    }, loop);
    loop.callSoon(() => loop.callSoon(() => outcome.cancel()));
    expect(await loop.runUntilComplete(ended)).toBe(true);
    expect(outcome.cancelled()).toBe(true);
    await expect(outcome).rejects.toThrow(CancelledError);
  });

  it("HL-024 hands a task factory's error to the caller and to the handler", async () => {
    using loop = new EventLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_, context) => {
      reports.push(context.exception);
      loop.stop();
    });
    loop.setTaskFactory(() => {
      throw new RangeError('no task');
    });
    const outcome = runCoroutineThreadsafe(async () => {}, loop);
    await loop.runForever();
    await expect(outcome).rejects.toThrow('no task');
    expect(String(reports[0])).toContain('no task');
  });

  it('rejects when the loop closes first', async () => {
    const loop = new EventLoop();
    const outcome = runCoroutineThreadsafe(async () => {}, loop);
    loop.close();
    await expect(outcome).rejects.toThrow('Event loop is closed');
    expect(() => runCoroutineThreadsafe(async () => {}, loop)).toThrow(RuntimeError);
  });
});
