import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, thrownBy, turn, wait } from '../../test/coroutine-styles.ts';
import { CancelledError, KeyboardInterrupt, RuntimeError, SystemExit } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { wrapFuture } from '../future/wrap-future.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { getEventLoop, getRunningLoop, setEventLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { allTasks, currentTask } from '../task/current-task.ts';
import { operation } from '../task/operation.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { run } from './run.ts';

let trace: string[];
let made: EventLoop[];

beforeEach(() => {
  trace = [];
  made = [];
});

afterEach(() => {
  setEventLoop(null);
});

/** A loop that tells what is done to it, and may fail at it. */
class TracedLoop extends EventLoop {
  failing = '';

  constructor() {
    super({ host: new VirtualHost() });
    made.push(this);
    this.setExceptionHandler((_loop, context) => this.reports.push(context));
  }

  readonly reports: ExceptionContext[] = [];

  override shutdownAsyncgens(): Future<void> {
    return this.#step('shutdownAsyncgens') ?? super.shutdownAsyncgens();
  }

  override shutdownDefaultExecutor(timeout?: number | null): Future<void> {
    trace.push(`timeout ${timeout}`);
    return this.#step('shutdownDefaultExecutor') ?? super.shutdownDefaultExecutor(timeout);
  }

  override close(): void {
    trace.push('close');
    super.close();
  }

  #step(name: string): Future<void> | undefined {
    trace.push(name);
    if (this.failing !== name) return undefined;
    return operation<void>(function* () {
      throw new Error(`${name} failed`);
    }, this);
  }
}

const loopFactory = (): EventLoop => new TracedLoop();

describe.each(styles)('run ($style)', ({ body }) => {
  it('HL-001 runs main on a new loop, gives its result, and closes the loop', async () => {
    let loop: EventLoop | undefined;
    const result = await run(
      body(function* () {
        loop = getRunningLoop();
        expect(getEventLoop()).toBe(loop);
        yield* turn();
        return 'result';
      }),
    );
    expect([result, loop?.isClosed()]).toEqual(['result', true]);
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  it.each([new Error('failed'), 'text', undefined])(
    'HL-001 rejects with what main throws: %s',
    async (error) => {
      let loop: EventLoop | undefined;
      const main = body(function* () {
        loop = getRunningLoop();
        throw error;
      });
      const caught = await run(main).then(
        () => 'resolved',
        (thrown: unknown) => [thrown],
      );
      expect(caught).toEqual([error]);
      expect(loop?.isClosed()).toBe(true);
    },
  );

  it('HL-001 rejects with CancelledError if main was cancelled', async () => {
    const main = body(function* () {
      currentTask()?.cancel('why');
      yield* wait(getRunningLoop().createFuture());
    });
    await expect(run(main)).rejects.toMatchObject({ name: 'CancelledError', args: ['why'] });
  });

  it('HL-002 is a RuntimeError from inside a running loop, and does not start main', async () => {
    await run(
      body(function* () {
        const attempt = run(
          body(function* () {
            trace.push('not reached');
          }),
        );
        const refused = yield* thrownBy(wrapFuture(attempt));
        expect(refused).toEqual(
          new RuntimeError('run() cannot be called from a running event loop'),
        );
      }),
    );
    expect(trace).toEqual([]);
  });

  it('HL-004 cancels what is left and waits for it, then shuts down in order', async () => {
    await run(
      body(function* () {
        for (const name of ['first', 'second']) {
          void createTask(
            body(function* () {
              const error = yield* thrownBy(getRunningLoop().createFuture());
              yield* turn();
              trace.push(`${name} ended`);
              throw error;
            }),
          );
        }
        yield* turn();
        trace.push('main ended');
      }),
      { loopFactory },
    );
    expect(trace).toEqual([
      'main ended',
      'first ended',
      'second ended',
      'shutdownAsyncgens',
      'timeout 300',
      'shutdownDefaultExecutor',
      'close',
    ]);
  });

  it.each([new SystemExit(3), new KeyboardInterrupt()])(
    'HL-004 does all of that after %s too, and rejects with it',
    async (exit) => {
      const main = body(function* () {
        void createTask(
          body(function* () {
            yield* thrownBy(getRunningLoop().createFuture());
            yield* turn();
            yield* turn();
            trace.push('cleaned');
          }),
        );
        yield* turn();
        throw exit;
      });
      await expect(run(main, { loopFactory })).rejects.toBe(exit);
      expect(trace[0]).toBe('cleaned');
      expect(trace.at(-1)).toBe('close');
      expect((made[0] as TracedLoop).reports).toEqual([]);
    },
  );

  it.each(['shutdownAsyncgens', 'shutdownDefaultExecutor'])(
    'HL-004 closes the loop even if %s fails',
    async (failing) => {
      const main = body(function* () {
        (getRunningLoop() as TracedLoop).failing = failing;
      });
      await expect(run(main, { loopFactory })).rejects.toThrow(`${failing} failed`);
      expect(trace.at(-1)).toBe('close');
      expect(made[0]?.isClosed()).toBe(true);
    },
  );

  it('HL-005 reports a task that fails in the shutdown, and keeps its own outcome', async () => {
    const error = new Error('in the cleanup');
    const result = await run(
      body(function* () {
        void createTask(
          body(function* () {
            yield* thrownBy(getRunningLoop().createFuture());
            throw error;
          }),
          { name: 'careless' },
        );
        yield* turn();
        return 'result';
      }),
      { loopFactory },
    );
    const { reports } = made[0] as TracedLoop;
    expect(result).toBe('result');
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toBe('unhandled exception during run() shutdown');
    expect(reports[0]?.exception).toBe(error);
    expect(reports[0]?.task?.getName()).toBe('careless');
  });

  it('HL-006 uses the loop that loopFactory makes, and leaves the current one alone', async () => {
    const current = new EventLoop();
    setEventLoop(current);
    const calls: unknown[][] = [];
    const result = await run(
      body(function* () {
        return getRunningLoop() === made[0];
      }),
      {
        loopFactory: (...args: unknown[]) => {
          calls.push(args);
          return loopFactory();
        },
      },
    );
    expect([result, calls, made.length]).toEqual([true, [[]], 1]);
    expect(getEventLoop()).toBe(current);
    expect(made[0]?.isClosed()).toBe(true);
    current.close();
  });

  it('cancels main and waits for it if the loop was stopped', async () => {
    const main = body(function* () {
      getRunningLoop().stop();
      const error = yield* thrownBy(getRunningLoop().createFuture());
      trace.push(String(error));
      throw error;
    });
    await expect(run(main)).rejects.toThrow(
      new RuntimeError('Event loop stopped before Future completed.'),
    );
    expect(trace).toEqual([String(new CancelledError())]);
  });
});

describe('the main of run', () => {
  it('HL-003 may be anything that can be awaited', async () => {
    const coroutine = function* () {
      return 3;
    };
    expect([
      await run(async () => 1),
      await run(Promise.resolve(2)),
      await run(coroutine),
      await run(coroutine()),
      await run({ then: (resolve) => resolve?.(4) } as PromiseLike<number>),
    ]).toEqual([1, 2, 3, 3, 4]);
  });

  it.each([42, 'text', null, undefined, {}])('HL-003 is not %s', async (value) => {
    const attempt = run(value as never);
    await expect(attempt).rejects.toThrow(TypeError);
    await expect(run(value as never)).rejects.toThrow(
      /^A Future, a coroutine or an awaitable is required, got ./,
    );
  });

  it('HL-003 that gives no coroutine fails', async () => {
    await expect(run((() => 42) as never)).rejects.toThrow(TypeError);
  });

  it('HL-002 runs beside others that were started from outside of it', async () => {
    const order: string[] = [];
    const main = (name: string) => async () => {
      for (let i = 0; i < 3; i += 1) {
        await new Promise<void>((resolve) => void setImmediate(resolve));
        order.push(`${name} ${getRunningLoop() === loops.get(name)} ${allTasks().size}`);
      }
      return name;
    };
    const loops = new Map<string, EventLoop>();
    const start = (name: string): Promise<string> =>
      run(main(name), {
        loopFactory: () => {
          const loop = new EventLoop();
          loops.set(name, loop);
          return loop;
        },
      });
    expect(await Promise.all([start('a'), start('b')])).toEqual(['a', 'b']);
    expect(new Set(order)).toEqual(new Set(['a true 1', 'b true 1']));
  });
});

describe('the options of run', () => {
  it('turn debug mode on and off', async () => {
    const debug = (): Promise<boolean> => Promise.resolve(getRunningLoop().getDebug());
    expect(await run(debug, { debug: true })).toBe(true);
    expect(await run(debug, { debug: false })).toBe(false);
  });

  it('are refused if they are unknown or of the wrong kind', async () => {
    const refuse = (options: unknown): Promise<unknown> => run(async () => {}, options as never);
    await expect(refuse({ loopfactory: null })).rejects.toThrow(
      'Runner() has no option "loopfactory"; it takes debug, loopFactory',
    );
    await expect(refuse(42)).rejects.toThrow(TypeError);
    await expect(refuse({ loopFactory: 42 })).rejects.toThrow(
      'Expected loopFactory to be a function, got 42',
    );
    await expect(refuse({ loopFactory: () => 42 })).rejects.toThrow(
      'Expected loopFactory to return an event loop, got 42',
    );
    await expect(refuse({ debug: 'yes' })).rejects.toThrow(
      'Expected debug to be a boolean, got "yes"',
    );
  });
});
