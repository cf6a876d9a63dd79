import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import { Context } from '../context/context.ts';
import { RuntimeError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getEventLoop, getRunningLoop, setEventLoop } from '../loop/running-loop.ts';
import { createTask } from '../task/create-task.ts';
import { currentTask } from '../task/current-task.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { Runner } from './runner.ts';

let trace: string[];
let made: EventLoop[];

beforeEach(() => {
  trace = [];
  made = [];
});

afterEach(() => {
  setEventLoop(null);
});

function loopFactory(): EventLoop {
  const loop = new EventLoop({ host: new VirtualHost() });
  made.push(loop);
  return loop;
}

describe.each(styles)('Runner ($style)', ({ body }) => {
  it('HL-007 makes its loop when it is needed, and runs several mains on it', async () => {
    const runner = new Runner({ loopFactory });
    expect(made).toEqual([]);
    const main = (result: string) =>
      body(function* () {
        yield* turn();
        trace.push(`${getRunningLoop() === made[0]}`);
        return result;
      });
    expect(await runner.run(main('one'))).toBe('one');
    expect(await runner.run(main('two'))).toBe('two');
    expect(runner.getLoop()).toBe(made[0]);
    expect([made.length, trace]).toEqual([1, ['true', 'true']]);
    await runner.close();
    expect(made[0]?.isClosed()).toBe(true);
  });

  it('HL-007 leaves tasks pending between its runs, and ends them at its close', async () => {
    const runner = new Runner({ loopFactory });
    await runner.run(
      body(function* () {
        void createTask(
          body(function* () {
            for (let i = 0; i < 3; i += 1) {
              trace.push(`step ${i}`);
              yield* turn();
            }
            try {
              yield* wait(getRunningLoop().createFuture());
            } finally {
              trace.push('ended');
            }
          }),
        );
        yield* turn();
      }),
    );
    expect(trace).toEqual(['step 0', 'step 1']);
    await runner.run(
      body(function* () {
        for (let i = 0; i < 5; i += 1) yield* turn();
      }),
    );
    expect(trace).toEqual(['step 0', 'step 1', 'step 2']);
    await runner.close();
    expect(trace.at(-1)).toBe('ended');
  });

  it('HL-008 keeps one context for all its runs, copied when the loop is made', async () => {
    const variable = new ContextVar('variable', { default: 'unset' });
    const outside = new Context();
    const runner = new Runner({ loopFactory });
    outside.run(() => {
      variable.set('outside');
      runner.getLoop();
      variable.set('changed later');
    });
    const main = (value: string) =>
      body(function* () {
        trace.push(variable.get());
        variable.set(value);
        yield* turn();
      });
    await runner.run(main('first'));
    await runner.run(main('second'));
    await runner.run(main('third'), { context: new Context() });
    await runner.run(main('fourth'));
    expect(trace).toEqual(['outside', 'first', 'unset', 'second']);
    expect(variable.get()).toBe('unset');
    await runner.close();
  });

  it('HL-002 is a RuntimeError from inside a running loop', async () => {
    const runner = new Runner({ loopFactory });
    const inner = new Runner({ loopFactory });
    const refusals: Promise<unknown>[] = [];
    await runner.run(
      body(function* () {
        for (const each of [inner, runner]) {
          const attempt = each.run(
            body(function* () {
              trace.push('not reached');
            }),
          );
          refusals.push(attempt.catch((error: unknown) => error));
        }
        yield* turn();
      }),
    );
    const refusal = new RuntimeError('Runner.run() cannot be called from a running event loop');
    expect(await Promise.all(refusals)).toEqual([refusal, refusal]);
    expect(trace).toEqual([]);
    await runner.close();
    await inner.close();
  });

  it('shows the task of main to extensions, while it runs', async () => {
    const runner = new Runner({ loopFactory });
    expect(runner.mainTask).toBeNull();
    await runner.run(
      body(function* () {
        expect(runner.mainTask === currentTask()).toBe(true);
      }),
    );
    expect(runner.mainTask).toBeNull();
    await runner.close();
  });
});

describe('a Runner', () => {
  it('HL-007 sets its loop as the current one, unless a factory made it', async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    expect(getEventLoop()).toBe(loop);
    await runner.close();
    expect(() => getEventLoop()).toThrow(RuntimeError);

    const factored = new Runner({ loopFactory });
    factored.getLoop();
    expect(() => getEventLoop()).toThrow(RuntimeError);
    await factored.close();
  });

  it('HL-007 does not unset a loop that somebody else has set meanwhile', async () => {
    const other = new EventLoop();
    const runner = new Runner();
    runner.getLoop();
    setEventLoop(other);
    await runner.close();
    expect(getEventLoop()).toBe(other);
    other.close();
  });

  it('HL-007 that is closed does nothing but to be closed again', async () => {
    const runner = new Runner({ loopFactory });
    await runner.run(async () => {});
    await runner.close();
    await runner.close();
    expect(() => runner.getLoop()).toThrow(new RuntimeError('Runner is closed'));
    await expect(runner.run(async () => {})).rejects.toThrow(new RuntimeError('Runner is closed'));
    expect(made).toHaveLength(1);
  });

  it('HL-007 that was never used closes without having made a loop', async () => {
    const runner = new Runner({ loopFactory });
    await runner.close();
    expect(made).toEqual([]);
    expect(() => runner.getLoop()).toThrow(new RuntimeError('Runner is closed'));
  });

  it('HL-007 is closed by the end of a block', async () => {
    const runner = new Runner({ loopFactory });
    await runner.run(async () => {});
    await runner[Symbol.asyncDispose]();
    expect(made[0]?.isClosed()).toBe(true);
  });

  it('refuses a second main while the first one runs, and to be closed then', async () => {
    const runner = new Runner({ loopFactory });
    const first = runner.run(async () => {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return 'first';
    });
    await expect(runner.run(async () => 'second')).rejects.toThrow(
      new RuntimeError('This event loop is already running'),
    );
    await expect(runner.close()).rejects.toThrow(
      new RuntimeError('Cannot close a running event loop'),
    );
    expect(await first).toBe('first');
    await runner.close();
  });

  it.each([42, null, undefined, {}, 'text'])(
    'HL-003 refuses %s as main, and can be used on',
    async (value) => {
      const runner = new Runner({ loopFactory });
      await expect(runner.run(value as never)).rejects.toThrow(TypeError);
      expect(await runner.run(async () => 1)).toBe(1);
      await runner.close();
    },
  );

  it('refuses options that it does not know', async () => {
    const runner = new Runner({ loopFactory });
    const refuse = (options: unknown): Promise<unknown> =>
      runner.run(async () => {}, options as never);
    await expect(refuse({ contxt: null })).rejects.toThrow(
      'Runner.run() has no option "contxt"; it takes context',
    );
    await expect(refuse({ context: 42 })).rejects.toThrow(
      'Expected context to be a Context, got 42',
    );
    await runner.close();
  });
});
