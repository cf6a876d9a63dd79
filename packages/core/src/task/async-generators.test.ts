import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import type { Future } from '../future/future.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { run } from '../run/run.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { currentTask } from './current-task.ts';
import { operation } from './operation.ts';

let loop: EventLoop;
let trace: string[];
let reports: ExceptionContext[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
  reports = [];
  loop.setExceptionHandler((_loop, context) => reports.push(context));
});

afterEach(() => {
  loop.close();
});

function pause(): Future<void> {
  return operation(function* () {
    yield;
  });
}

/** Counts; says when it is closed, and awaits meanwhile. */
async function* numbers(name: string): AsyncGenerator<number, void> {
  try {
    for (let i = 0; ; i += 1) yield i;
  } finally {
    await pause();
    await pause();
    trace.push(`${name} closed`);
  }
}

/** Where all async generators have their methods from. */
const prototype = Object.getPrototypeOf(numbers.prototype as object) as Record<string, unknown>;
const methods = (): unknown[] => ['next', 'return', 'throw'].map((name) => prototype[name]);

describe.each(styles)('shutdownAsyncgens ($style)', ({ body }) => {
  it('LOOP-041 closes those that are open, with the awaits of their finally blocks', async () => {
    await loop.runUntilComplete(async () => {
      for (const name of ['first', 'second']) await numbers(name).next();
    });
    await loop.runUntilComplete(
      body(function* () {
        yield* wait(loop.shutdownAsyncgens());
        trace.push('shut down');
      }),
    );
    expect(trace).toEqual(['first closed', 'second closed', 'shut down']);
    expect(reports).toEqual([]);
  });

  it('LOOP-041 closes those that a running task is in the middle of', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const task = loop.createTask(async () => {
          for await (const number of numbers('inner')) {
            trace.push(`${number}`);
            await pause();
            if (number === 1) await getRunningLoop().createFuture();
          }
        });
        for (let i = 0; i < 5; i += 1) yield* turn();
        yield* wait(loop.shutdownAsyncgens());
        task.cancel();
        yield* turn();
      }),
    );
    expect(trace).toEqual(['0', '1', 'inner closed']);
  });

  it('LOOP-044 returns at once if none is open, as often as it is called', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const now = countIterations(loop);
        yield* wait(loop.shutdownAsyncgens());
        yield* wait(loop.shutdownAsyncgens());
        expect(now()).toBe(0);
      }),
    );
  });
});

describe('shutdownAsyncgens', () => {
  it('LOOP-041 leaves those alone that ended, were left, or belong to nobody', async () => {
    const outside = numbers('outside');
    await outside.next();
    await loop.runUntilComplete(async () => {
      const ended = (async function* () {
        yield 1;
      })();
      for await (const _ of ended);
      for await (const number of numbers('left')) if (number === 2) break;
      const thrown = numbers('thrown');
      await thrown.next();
      await thrown.throw(new Error('into it')).catch(() => {});
      trace.push('shutdown');
      await loop.shutdownAsyncgens();
    });
    expect(trace).toEqual(['left closed', 'thrown closed', 'shutdown']);
    expect((await outside.next()).value).toBe(1);
  });

  it('LOOP-041 finds one that waits in a yield of its finally block', async () => {
    async function* lingering(): AsyncGenerator<string, void> {
      try {
        yield 'body';
      } finally {
        yield 'finally';
        trace.push('closed');
      }
    }
    await loop.runUntilComplete(async () => {
      const generator = lingering();
      await generator.next();
      expect(await generator.return()).toEqual({ done: false, value: 'finally' });
      await loop.shutdownAsyncgens();
      expect(await generator.next()).toEqual({ done: true, value: undefined });
    });
  });

  it('LOOP-041 gives each a task, so that what it awaits can be cancelled and knows where it is', async () => {
    const seen: unknown[] = [];
    const generator = (async function* () {
      try {
        yield 1;
      } finally {
        await Promise.resolve();
        seen.push(currentTask() !== null, getRunningLoop() === loop);
        await getRunningLoop().createFuture();
      }
    })();
    await loop.runUntilComplete(async () => void (await generator.next()));
    await loop.runUntilComplete(async () => {
      const closing = loop.shutdownAsyncgens();
      await pause();
      await pause();
      closing.cancel();
      await expect(closing).rejects.toThrow('');
    });
    expect([seen, reports]).toEqual([[true, true], []]);
  });

  it('LOOP-042 warns of one that is first iterated later, and lets it run', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await loop.runUntilComplete(async () => {
      await loop.shutdownAsyncgens();
      const late = numbers('late');
      expect([await late.next(), await late.next()]).toEqual([
        { done: false, value: 0 },
        { done: false, value: 1 },
      ]);
      await late.return();
    });
    expect(warn.mock.calls).toEqual([
      [
        'asynchronous generator [object AsyncGenerator] was scheduled after loop.shutdownAsyncgens() call',
      ],
    ]);
    warn.mockRestore();
  });

  it('LOOP-043 reports one that throws, and closes the others', async () => {
    const error = new Error('while closing');
    const broken = (async function* () {
      try {
        yield 1;
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- on purpose
        throw error;
      }
    })();
    await loop.runUntilComplete(async () => {
      await broken.next();
      await numbers('other').next();
      await loop.shutdownAsyncgens();
    });
    expect(trace).toEqual(['other closed']);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      message: 'an error occurred during closing of asynchronous generator [object AsyncGenerator]',
      exception: error,
    });
    expect(reports[0]?.asyncgen === broken).toBe(true);
  });

  it('LOOP-045 closes one at the latest that was abandoned half way', async () => {
    await run(async () => {
      await numbers('abandoned').next();
    });
    expect(trace).toEqual(['abandoned closed']);
  });

  it('is there outside of a run too, and belongs to its own loop', async () => {
    const other = new EventLoop({ host: new VirtualHost() });
    await loop.runUntilComplete(async () => void (await numbers('first').next()));
    await other.runUntilComplete(async () => void (await numbers('second').next()));
    await other.runUntilComplete(() => other.shutdownAsyncgens());
    expect(trace).toEqual(['second closed']);
    await loop.runUntilComplete(() => loop.shutdownAsyncgens());
    expect(trace).toEqual(['second closed', 'first closed']);
    other.close();
  });
});

describe('the hook on async generators', () => {
  it('LOOP-041 is in place while a loop runs, and only then', async () => {
    const original = methods();
    const hooked = (): boolean => methods().every((method, i) => method !== original[i]);
    const other = new EventLoop({ host: new VirtualHost() });
    expect(hooked()).toBe(false);
    const running = other.runForever();
    expect(hooked()).toBe(true);
    await loop.runUntilComplete(async () => expect(hooked()).toBe(true));
    expect(hooked()).toBe(true);
    other.stop();
    await running;
    other.close();
    expect(methods()).toEqual(original);
  });

  it('changes nothing that an async generator gives or throws', async () => {
    await loop.runUntilComplete(async () => {
      const generator = (async function* (): AsyncGenerator<string, number, number> {
        trace.push(`${yield 'first'}`);
        return 2;
      })();
      expect(await generator.next(0)).toEqual({ done: false, value: 'first' });
      expect(await generator.next(1)).toEqual({ done: true, value: 2 });
      expect(await generator.next(3)).toEqual({ done: true, value: undefined });
      const error = new Error('out of it');
      const failing = (async function* () {
        yield 1;
        throw error;
      })();
      await failing.next();
      await expect(failing.next()).rejects.toBe(error);
    });
    expect(trace).toEqual(['1']);
  });
});
