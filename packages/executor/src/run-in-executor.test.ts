import {
  CancelledError,
  EventLoop,
  getRunningLoop,
  run,
  RuntimeError,
  sleep,
  SystemExit,
} from '@loop/core';
import { runVirtual } from '@loop/core/testing';
import {
  BrokenExecutor,
  Executor,
  InterpreterPoolExecutor,
  moduleFunction,
  PoolFuture,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  toThread,
  type Job,
  type Offloadable,
} from '@loop/executor';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as jobs from '../test/fixtures/jobs.mjs';
import { errorOf } from '../test/error-of.ts';
import { createGate, waitAtGate } from '../test/gate.ts';

const whoAmI = moduleFunction<typeof jobs.whoAmI>(
  new URL('../test/fixtures/jobs.mjs', import.meta.url),
  'whoAmI',
);

let pool: ThreadPoolExecutor;

beforeAll(() => {
  pool = new ThreadPoolExecutor({ maxWorkers: 1 });
});

afterAll(() => pool.shutdown());

describe('runInExecutor', () => {
  it('EXEC-001 EXEC-004 submits at once, with positional arguments, though nobody awaits', async () => {
    const submitted: unknown[] = [];
    class Recording extends Executor {
      override submit<A extends readonly unknown[], R>(
        func: Offloadable<A, R>,
        ...args: A
      ): PoolFuture<Awaited<R>> {
        submitted.push([func, args]);
        return new PoolFuture();
      }
      override async shutdown(): Promise<void> {}
    }
    const gate = createGate();
    await run(async () => {
      const func = (a: number, b: string): string => `${a}${b}`;
      const future = getRunningLoop().runInExecutor(new Recording(), func, 1, 'x');
      expect(submitted).toEqual([[func, [1, 'x']]]);
      expect(future.getLoop()).toBe(getRunningLoop());
      void getRunningLoop().runInExecutor(pool, waitAtGate<string>, gate.words, 'x');
      await gate.started(1);
      gate.open();
    });
    expect(gate.words[1]).toBe(1);
  });

  it('EXEC-002 EXEC-003 makes the default executor on first use and keeps it', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const first = await loop.runInExecutor(null, whoAmI);
      const second = await loop.runInExecutor(null, whoAmI);
      expect(first.threadId).toBe(second.threadId);
      expect(first.threadId).not.toBe(0);
      const name = loop.runInExecutor(null, function (this: Job) {
        return this.workerName;
      });
      expect(await name).toBe('asyncio_0');
    });
  });

  it('EXEC-005 runs elsewhere while the loop serves callbacks', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const job = loop.runInExecutor(pool, waitAtGate<string>, gate.words, 'done');
      await gate.started(1);
      const served = loop.createFuture<string>();
      loop.callSoon(() => served.setResult('served'));
      expect(await served).toBe('served');
      gate.open();
      expect(await job).toBe('done');
      await expect(
        loop.runInExecutor(pool, () => {
          throw new RangeError('in the job');
        }),
      ).rejects.toThrow(RangeError);
      await expect(loop.runInExecutor(pool, () => Promise.reject('text'))).rejects.toThrow(
        '"text"',
      );
    });
  });

  it('EXEC-006 takes a queued job back when its future is cancelled, and drops what a running one gives', async () => {
    const reports: unknown[] = [];
    await run(async () => {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_, context) => reports.push(context));
      const gate = createGate();
      const fails = (words: Int32Array): never => {
        Atomics.add(words, 1, 1);
        Atomics.notify(words, 1);
        Atomics.wait(words, 0, 0);
        throw new Error('nobody wants to know');
      };
      const running = loop.runInExecutor(pool, fails, gate.words);
      const queued = loop.runInExecutor(pool, waitAtGate<string>, gate.words, 'never');
      await gate.started(1);
      expect([queued.cancel(), running.cancel()]).toEqual([true, true]);
      expect(await errorOf(queued)).toBeInstanceOf(CancelledError);
      expect(await errorOf(running)).toBeInstanceOf(CancelledError);
      // The pool hears of it by a callback of the loop, as the reference's does.
      await sleep(0);
      gate.open();
      await loop.runInExecutor(pool, () => 0);
      expect(gate.words[1]).toBe(1);
    });
    expect(reports).toEqual([]);
  });

  it('EXEC-006 EXEC-025 is cancelled when its job is', async () => {
    await run(async () => {
      const ending = new ThreadPoolExecutor({ maxWorkers: 1 });
      const gate = createGate();
      const loop = getRunningLoop();
      const running = loop.runInExecutor(ending, waitAtGate<string>, gate.words, 'ran');
      const queued = loop.runInExecutor(ending, waitAtGate<string>, gate.words, 'never');
      await gate.started(1);
      const ended = ending.shutdown({ cancelFutures: true });
      expect(await errorOf(queued)).toBeInstanceOf(CancelledError);
      expect(queued.cancelled()).toBe(true);
      gate.open();
      await ended;
      expect(await running).toBe('ran');
    });
  });

  it('EXEC-007 LOOP-038 does not touch a loop that closed before the job ended', async () => {
    const loop = new EventLoop();
    const calls = vi.spyOn(loop, 'callSoonThreadsafe');
    const errors: unknown[] = [];
    loop.setExceptionHandler((_, context) => errors.push(context));
    const own = new ThreadPoolExecutor({ maxWorkers: 1 });
    loop.setDefaultExecutor(own);
    const [left, cancelled] = [createGate(), createGate()];
    const future = loop.runInExecutor(null, waitAtGate<string>, left.words, 'late');
    const other = loop.runInExecutor(pool, waitAtGate<string>, cancelled.words, 'late');
    await Promise.all([left.started(1), cancelled.started(1)]);
    other.cancel();
    loop.close();
    left.open();
    cancelled.open();
    await own.shutdown();
    await pool.submit(() => 0);
    expect([loop.isClosed(), future.done(), errors]).toEqual([true, false, []]);
    expect(calls).not.toHaveBeenCalled();
  });

  it('EXEC-008 throws at once what is wrong', async () => {
    const closed = new EventLoop();
    closed.close();
    expect(() => closed.runInExecutor(null, () => 1)).toThrow(RuntimeError);
    expect(() => closed.runInExecutor(null, () => 1)).toThrow('Event loop is closed');
    const ended = new ThreadPoolExecutor({ maxWorkers: 1 });
    await ended.shutdown();
    await run(async () => {
      const loop = getRunningLoop();
      expect(() => loop.runInExecutor(ended, () => 1)).toThrow(
        'cannot schedule new futures after shutdown',
      );
      expect(() => loop.runInExecutor({} as never, () => 1)).toThrow('Expected executor');
    });
  });

  it('EXEC-008 DBG-006 refuses coroutine functions in debug mode, and only there', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const coroutine = async (): Promise<number> => 1;
      expect(await loop.runInExecutor(pool, coroutine)).toBe(1);
      loop.setDebug(true);
      expect(() => loop.runInExecutor(pool, coroutine)).toThrow(TypeError);
      expect(() => loop.runInExecutor(pool, coroutine)).toThrow(
        'coroutines cannot be used with runInExecutor()',
      );
      loop.setDebug(false);
    });
  });

  it('EXEC-008 throws the error of a broken pool at once', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const broken = new ThreadPoolExecutor({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('never ready');
      },
    });
    await expect(broken.submit(() => 1)).rejects.toThrow(BrokenExecutor);
    await run(async () => {
      expect(() => getRunningLoop().runInExecutor(broken, () => 1)).toThrow(BrokenExecutor);
    });
    log.mockRestore();
  });

  it('EXEC-009 stores an exit of a job as its error', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const error = await errorOf(loop.runInExecutor(pool, () => process.exit(7)));
      expect(error).toBeInstanceOf(SystemExit);
      expect(error).toMatchObject({ code: 7 });
      expect(await loop.runInExecutor(pool, () => 'alive')).toBe('alive');
    });
  });

  it('takes an executor of anybody', async () => {
    class Immediate extends Executor {
      override submit<A extends readonly unknown[], R>(
        func: Offloadable<A, R>,
        ...args: A
      ): PoolFuture<Awaited<R>> {
        const future = new PoolFuture<Awaited<R>>();
        if (typeof func !== 'function') throw new TypeError('functions only');
        future.setResult(func.call({} as Job, ...args) as Awaited<R>);
        return future;
      }
      override async shutdown(): Promise<void> {}
    }
    const outer = 5;
    await run(async () => {
      const sum = getRunningLoop().runInExecutor(new Immediate(), (x: number) => x + outer, 1);
      expect(await sum).toBe(6);
    });
    await using immediate = new Immediate();
    for await (const each of immediate.map((x: number) => x + outer, [[1]])) expect(each).toBe(6);
  });
});

describe('setDefaultExecutor', () => {
  it('EXEC-010 EXEC-042 sets a default executor, which has to be a thread pool', async () => {
    await using first = new ThreadPoolExecutor({ maxWorkers: 1 });
    await using interpreters = new InterpreterPoolExecutor({ maxWorkers: 1 });
    const processes = new ProcessPoolExecutor();
    await run(async () => {
      const loop = getRunningLoop();
      loop.setDefaultExecutor(first);
      for (const wrong of [processes, {}, null]) {
        expect(() => loop.setDefaultExecutor(wrong as never)).toThrow(TypeError);
        expect(() => loop.setDefaultExecutor(wrong as never)).toThrow(
          'executor must be ThreadPoolExecutor instance',
        );
      }
      await loop.runInExecutor(null, whoAmI);
      expect(first.threads).toBe(1);
      loop.setDefaultExecutor(interpreters);
      await loop.runInExecutor(null, whoAmI);
      expect(interpreters.threads).toBe(1);
      // The one before is not shut down.
      expect(await first.submit(() => 'usable')).toBe('usable');
    });
  });
});

describe('shutdownDefaultExecutor', () => {
  it('EXEC-011 waits for the jobs of the default pool, while the loop serves others', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const job = loop.runInExecutor(null, waitAtGate<string>, gate.words, 'done');
      await gate.started(1);
      const ended = loop.shutdownDefaultExecutor();
      for (let turn = 0; turn < 3; turn += 1) await sleep(0);
      expect([ended.done(), job.done()]).toEqual([false, false]);
      gate.open();
      await ended;
      expect(await job).toBe('done');
    });
  });

  it('EXEC-012 leaves no default executor, whether there was one or not', async () => {
    for (const first of [true, false]) {
      await run(async () => {
        const loop = getRunningLoop();
        if (first) await loop.runInExecutor(null, () => 1);
        await loop.shutdownDefaultExecutor();
        expect(() => loop.runInExecutor(null, () => 1)).toThrow(RuntimeError);
        expect(() => loop.runInExecutor(null, () => 1)).toThrow(
          'Executor shutdown has been called',
        );
        expect(await loop.runInExecutor(pool, () => 1)).toBe(1);
        await loop.shutdownDefaultExecutor();
      });
    }
  });

  it('EXEC-013 EXEC-014 warns when the jobs take longer than it is given, and lets them end', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const job = loop.runInExecutor(null, waitAtGate<string>, gate.words, 'late');
      await gate.started(1);
      await loop.shutdownDefaultExecutor(0.01);
      expect(warn.mock.calls).toEqual([
        [
          'The executor did not finishing joining its threads within 0.01 seconds.',
          'RuntimeWarning',
        ],
      ]);
      gate.open();
      expect(await job).toBe('late');
    });
    warn.mockRestore();
  });

  it('EXEC-014 gives threads real time, also under a virtual clock', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    expect(await runVirtual(() => toThread((x: number) => x + 1, 1))).toBe(2);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('EXEC-014 refuses a timeout that is no number', async () => {
    await run(async () => {
      const refused = getRunningLoop().shutdownDefaultExecutor('5' as never);
      await expect(refused).rejects.toThrow('Expected timeout to be a number, got "5"');
      expect(await toThread((x: number) => x + 1, 1)).toBe(2);
    });
  });

  it("EXEC-014 throws what the pool's own shutdown throws", async () => {
    class Failing extends ThreadPoolExecutor {
      override async shutdown(): Promise<void> {
        throw new RangeError('cannot end');
      }
    }
    const loop = new EventLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_, context) => reports.push(context.message));
    loop.setDefaultExecutor(new Failing());
    await expect(loop.runUntilComplete(async () => loop.shutdownDefaultExecutor())).rejects.toThrow(
      'cannot end',
    );
    loop.close();
    await Promise.resolve();
    expect(reports).toEqual(['The default executor could not be shut down']);
  });

  it('does not touch a loop that closed while it was waited for', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const loop = new EventLoop();
    const own = new ThreadPoolExecutor({ maxWorkers: 1 });
    const gate = createGate();
    loop.setDefaultExecutor(own);
    await loop.runUntilComplete(async () => {
      void loop.runInExecutor(null, waitAtGate<string>, gate.words, 'x');
      await gate.started(1);
      void loop.shutdownDefaultExecutor();
    });
    loop.setExceptionHandler(() => {});
    loop.close();
    gate.open();
    await own.shutdown();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('EXEC-015 is called by run(), which gives it 300 seconds', async () => {
    const own = new ThreadPoolExecutor({ maxWorkers: 1 });
    const given: unknown[] = [];
    await run(async () => {
      const loop = getRunningLoop();
      loop.setDefaultExecutor(own);
      const shutdown = loop.shutdownDefaultExecutor.bind(loop);
      loop.shutdownDefaultExecutor = (timeout) => {
        given.push(timeout);
        return shutdown(timeout);
      };
    });
    expect(given).toEqual([300]);
    expect(() => own.submit(() => 1)).toThrow('cannot schedule new futures after shutdown');
  });
});
