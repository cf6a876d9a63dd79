import {
  CancelledError,
  ContextVar,
  EventLoop,
  getRunningLoop,
  run,
  RuntimeError,
} from '@loop/core';
import {
  BrokenExecutor,
  Executor,
  InterpreterPoolExecutor,
  moduleFunction,
  type Offloadable,
  PoolFuture,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  toThread,
} from '@loop/executor';
import { describe, expect, it, vi } from 'vitest';
import type * as jobs from '../test/fixtures/jobs.ts';
import { requestId } from '../test/fixtures/request-id.ts';
import { errorOf } from '../test/error-of.ts';
import { createGate, waitAtGate } from '../test/gate.ts';

const JOBS = new URL('../test/fixtures/jobs.ts', import.meta.url);
const whoAmI = moduleFunction<typeof jobs.whoAmI>(JOBS, 'whoAmI');

describe('runInExecutor', () => {
  it('EXEC-001 EXEC-004 submits at once, with positional arguments, though nobody awaits', async () => {
    const gate = createGate();
    await run(async () => {
      void getRunningLoop().runInExecutor(null, waitAtGate<string>, gate.words, 'x');
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
    });
  });

  it('EXEC-005 runs elsewhere while the loop serves callbacks', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const job = loop.runInExecutor(null, waitAtGate<string>, gate.words, 'done');
      await gate.started(1);
      const served = loop.createFuture<string>();
      loop.callSoon(() => served.setResult('served'));
      expect(await served).toBe('served');
      gate.open();
      expect(await job).toBe('done');
      await expect(
        loop.runInExecutor(null, () => {
          throw new RangeError('in the job');
        }),
      ).rejects.toThrow(RangeError);
    });
  });

  it('EXEC-006 takes a queued job back when its future is cancelled', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const running = loop.runInExecutor(pool, waitAtGate<string>, gate.words, 'ran');
      const queued = loop.runInExecutor(pool, waitAtGate<string>, gate.words, 'never');
      await gate.started(1);
      expect(queued.cancel()).toBe(true);
      expect(running.cancel()).toBe(true);
      // Awaited, and not by expect().rejects: the pool hears of a cancellation by a callback of the loop.
      expect(await errorOf(queued)).toBeInstanceOf(CancelledError);
      expect(await errorOf(running)).toBeInstanceOf(CancelledError);
      gate.open();
      await loop.runInExecutor(pool, () => 0);
      expect(gate.words[1]).toBe(1);
    });
  });

  it('EXEC-007 LOOP-038 does not touch a loop that closed before the job ended', async () => {
    const loop = new EventLoop();
    const errors: unknown[] = [];
    loop.setExceptionHandler((_, context) => errors.push(context));
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    loop.setDefaultExecutor(pool);
    const gate = createGate();
    const future = loop.runInExecutor(null, waitAtGate<string>, gate.words, 'late');
    await gate.started(1);
    loop.close();
    expect(loop.isClosed()).toBe(true);
    gate.open();
    await pool.shutdown();
    expect(future.done()).toBe(false);
    expect(errors).toEqual([]);
  });

  it('EXEC-008 throws at once what is wrong', async () => {
    const closed = new EventLoop();
    closed.close();
    expect(() => closed.runInExecutor(null, () => 1)).toThrow('Event loop is closed');
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await pool.shutdown();
    await run(async () => {
      const loop = getRunningLoop();
      expect(() => loop.runInExecutor(pool, () => 1)).toThrow(
        'cannot schedule new futures after shutdown',
      );
      expect(() => loop.runInExecutor({} as never, () => 1)).toThrow('Expected executor');
      loop.setDebug(true);
      expect(() => loop.runInExecutor(null, async () => 1)).toThrow(
        'coroutines cannot be used with runInExecutor()',
      );
    });
  });

  it('EXEC-008 DBG-006 throws the error of a broken pool at once', async () => {
    const broken = new ThreadPoolExecutor({
      maxWorkers: 1,
      initializer: () => {
        throw new Error('never ready');
      },
    });
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await expect(broken.submit(() => 1)).rejects.toThrow(BrokenExecutor);
    await run(async () => {
      expect(() => getRunningLoop().runInExecutor(broken, () => 1)).toThrow(BrokenExecutor);
    });
    log.mockRestore();
  });

  it('EXEC-009 stores an exit of a job as its error', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const error = await loop
        .runInExecutor(null, () => process.exit(7))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'SystemExit', code: 7 });
      expect(await loop.runInExecutor(null, () => 'alive')).toBe('alive');
    });
  });

  it('EXEC-010 EXEC-042 sets a default executor, which has to be a thread pool', async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await using interpreters = new InterpreterPoolExecutor({ maxWorkers: 1 });
    await using processes = new ProcessPoolExecutor({ maxWorkers: 1 });
    await run(async () => {
      const loop = getRunningLoop();
      loop.setDefaultExecutor(pool);
      for (const wrong of [processes, {}, null]) {
        expect(() => loop.setDefaultExecutor(wrong as never)).toThrow(
          'executor must be ThreadPoolExecutor instance',
        );
      }
      await loop.runInExecutor(null, whoAmI);
      expect(pool.threads).toBe(1);
      loop.setDefaultExecutor(interpreters);
      await loop.runInExecutor(null, whoAmI);
      expect(interpreters.threads).toBe(1);
    });
  });

  it('EXEC-011 EXEC-012 waits for the default pool, and then takes no more for it', async () => {
    await using explicit = new ThreadPoolExecutor({ maxWorkers: 1 });
    await run(async () => {
      const loop = getRunningLoop();
      const job = loop.runInExecutor(null, (x: number) => x + 1, 1);
      await loop.shutdownDefaultExecutor();
      expect(await job).toBe(2);
      expect(() => loop.runInExecutor(null, () => 1)).toThrow(RuntimeError);
      expect(() => loop.runInExecutor(null, () => 1)).toThrow('Executor shutdown has been called');
      expect(await loop.runInExecutor(explicit, () => 1)).toBe(1);
      await loop.shutdownDefaultExecutor();
    });
    await run(async () => {
      const loop = getRunningLoop();
      await loop.shutdownDefaultExecutor();
      expect(() => loop.runInExecutor(null, () => 1)).toThrow('Executor shutdown has been called');
    });
  });

  it('EXEC-013 EXEC-014 warns when the jobs take longer than it is given', async () => {
    const warnings: unknown[] = [];
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation((text) => {
      warnings.push(text);
    });
    await run(async () => {
      const loop = getRunningLoop();
      const gate = createGate();
      const job = loop.runInExecutor(null, waitAtGate<string>, gate.words, 'late');
      await gate.started(1);
      await loop.shutdownDefaultExecutor(0.01);
      expect(warnings).toEqual([
        'The executor did not finishing joining its threads within 0.01 seconds.',
      ]);
      gate.open();
      expect(await job).toBe('late');
    });
    warn.mockRestore();
  });

  it('EXEC-015 is shut down by run()', async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await run(async () => {
      getRunningLoop().setDefaultExecutor(pool);
    });
    expect(() => pool.submit(() => 1)).toThrow('cannot schedule new futures after shutdown');
  });

  it('CTX-019 carries no context into the worker, but toThread does', async () => {
    const read = moduleFunction<typeof jobs.readRequestId>(JOBS, 'readRequestId');
    await run(async () => {
      requestId.set('r-1');
      expect(await getRunningLoop().runInExecutor(null, read)).toBe('none');
      expect(await toThread(read)).toBe('r-1');
      expect(requestId.get()).toBe('r-1');
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
        const result = Promise.resolve(func.apply(undefined as never, [...args] as never));
        void result.then((value) => future._finish(value));
        return future;
      }
      override async shutdown(): Promise<void> {}
    }
    await run(async () => {
      const outer = 5;
      const loop = getRunningLoop();
      expect(await loop.runInExecutor(new Immediate(), (x: number) => x + outer, 1)).toBe(6);
    });
  });
});

describe('toThread', () => {
  it('EXEC-044 runs the function once and gives its outcome', async () => {
    await run(async () => {
      expect(await toThread((a: number, b: number) => a - b, 5, 3)).toBe(2);
      await expect(
        toThread(() => {
          throw new TypeError('from the thread');
        }),
      ).rejects.toThrow('from the thread');
    });
  });

  it('EXEC-045 copies variables that travel, for ten calls at once', async () => {
    const read = moduleFunction<typeof jobs.readRequestId>(JOBS, 'readRequestId');
    await run(async () => {
      const tasks = Array.from({ length: 10 }, (_, index) =>
        getRunningLoop().createTask(async () => {
          requestId.set(`r-${index}`);
          return toThread(read);
        }),
      );
      const seen = await Promise.all(tasks);
      expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => `r-${index}`));
    });
  });

  it('leaves variables alone that do not travel', async () => {
    const quiet = new ContextVar<string>('quiet');
    await run(async () => {
      quiet.set('here');
      expect(await toThread(() => 'fine')).toBe('fine');
    });
  });
});
