import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { styles, turn, wait, type Script } from '../../test/coroutine-styles.ts';
import { errorOf } from '../../test/error-of.ts';
import { runOnce } from '../../test/run-once.ts';
import { Context } from '../context/context.ts';
import { ContextVar } from '../context/context-var.ts';
import { CancelledError, KeyboardInterrupt, RuntimeError, SystemExit } from '../error/errors.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop, type ExceptionContext } from './event-loop.ts';
import { TimerHandle } from './handle.ts';

let loop: EventLoop;
let trace: string[];
let contexts: ExceptionContext[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
  contexts = [];
});

afterEach(() => {
  loop.setExceptionHandler(null);
  vi.restoreAllMocks();
  loop.close();
});

const log = (text: string): void => void trace.push(text);
/** Collects the contexts that the handler gets. */
const collect = (): void =>
  loop.setExceptionHandler((_, context) => {
    contexts.push(context);
    log(`handled ${String(context.exception)}`);
  });

function fail(error: unknown): never {
  throw error;
}

describe('setExceptionHandler', () => {
  it('ERR-001 installs a handler, and null the default again', () => {
    const handler = (): void => {};
    expect(loop.getExceptionHandler()).toBeNull();
    loop.setExceptionHandler(handler);
    expect(loop.getExceptionHandler()).toBe(handler);
    loop.setExceptionHandler(null);
    expect(loop.getExceptionHandler()).toBeNull();
  });

  it.each([
    ['a text', 'handler', '"handler"'],
    ['a number', 5, '5'],
    ['an object', {}, '[object Object]'],
  ])('ERR-001 refuses %s, and the old handler stays', (_, value, text) => {
    const handler = (): void => {};
    loop.setExceptionHandler(handler);
    expect(() => loop.setExceptionHandler(value as never)).toThrow(
      new TypeError(`A callable object or None is expected, got ${text}`),
    );
    expect(loop.getExceptionHandler()).toBe(handler);
  });

  it('ERR-002 ERR-005 a handler gets loop and context at once, and nothing else stops', async () => {
    const failure = new Error('failed');
    loop.setExceptionHandler((theLoop, context) => {
      contexts.push(context);
      log(`handler ${theLoop === loop}`);
    });
    const handle = loop.callSoon(fail, failure);
    loop.callSoon(log, 'sibling');
    const timer = loop.callLater(0, fail, failure);
    loop.callLater(0.5, log, 'later');
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    expect(trace).toEqual(['handler true', 'sibling', 'handler true', 'later']);
    expect(contexts[0]).not.toBe(contexts[1]);
    expect(contexts[0]).toEqual({
      message: 'Exception in callback fail()',
      exception: failure,
      handle,
    });
    expect(contexts[1]?.handle).toBe(timer);
    expect(timer).toBeInstanceOf(TimerHandle);
  });

  it('ERR-005 tells in debug mode where the callback was scheduled', async () => {
    collect();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    loop.setDebug(true);
    loop.callSoon(fail, 'reason');
    await runOnce(loop);
    expect(contexts[0]?.message).toBe('Exception in callback fail("reason")');
    expect(contexts[0]?.source_traceback?.at(-1)).toMatch(/exception-handler\.test\.ts:\d+/);
    loop.setDebug(false);
  });

  it.each([
    ['CancelledError', new CancelledError('message')],
    ['a text', 'reason'],
    ['undefined', undefined],
    ['null', null],
  ])('ERR-007 %s from a callback goes to the handler like any error', async (_, thrown) => {
    collect();
    loop.callSoon(fail, thrown);
    loop.callSoon(log, 'sibling');
    await runOnce(loop);
    expect(
      contexts.map((context) => [Object.hasOwn(context, 'exception'), context.exception]),
    ).toEqual([[true, thrown]]);
    expect(trace.at(-1)).toBe('sibling');
  });

  it('ERR-005 a callback that fails after it has cancelled its own handle is reported', async () => {
    collect();
    const handle = loop.callSoon(() => {
      handle.cancel();
      fail(new Error('failed'));
    });
    await runOnce(loop);
    expect(contexts[0]?.message).toBe('Exception in callback <Handle cancelled>');
  });

  it.each(styles)(
    'ERR-006 a task that fails does not reach it by itself ($style)',
    async ({ body }) => {
      collect();
      const task = loop.createTask(
        body(function* (): Script<void> {
          yield* turn();
          fail(new Error('failed'));
        }),
      );
      expect(await errorOf(loop.runUntilComplete(task))).toEqual(new Error('failed'));
      await runOnce(loop);
      loop.close();
      expect(contexts).toEqual([]);
    },
  );
});

describe('callExceptionHandler', () => {
  it('ERR-003 ERR-004 hands the mapping on as it is, further keys included', () => {
    collect();
    const context: ExceptionContext = {
      message: 'message',
      protocol: 1,
      transport: 2,
      socket: 3,
      another: 4,
    };
    loop.callExceptionHandler(context);
    expect(contexts[0]).toBe(context);
  });

  it('ERR-004 ERR-012 calls the default where no handler is set; a handler may do so too', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    loop.callExceptionHandler({ message: 'by default' });
    loop.setExceptionHandler((theLoop, context) => {
      theLoop.defaultExceptionHandler({ ...context, added: 1 });
    });
    loop.callExceptionHandler({ message: 'by a handler' });
    expect(error.mock.calls).toEqual([['by default'], ['by a handler\nadded: 1']]);
  });

  it.each([
    [5, '5'],
    [null, 'null'],
    ['text', '"text"'],
  ])('refuses %j as a context', (value, text) => {
    const refused = new TypeError(`Expected context to be an object, got ${text}`);
    collect();
    expect(() => loop.callExceptionHandler(value as never)).toThrow(refused);
    expect(() => loop.defaultExceptionHandler(value as never)).toThrow(refused);
    expect(contexts).toEqual([]);
  });

  it('ERR-009 writes what a handler that throws was to handle, too', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const [original, broken] = [new RangeError('original'), new Error('broken')];
    original.stack = 'RangeError: original\n    at here';
    loop.setExceptionHandler(() => fail(broken));
    loop.callExceptionHandler({ message: 'Something failed', exception: original, other: 5 });
    loop.callExceptionHandler({ message: 'Nothing to throw' });
    loop.callExceptionHandler({ exception: 5 });
    const title = 'Unhandled error in exception handler\ncontext: ';
    expect(error.mock.calls).toEqual([
      [
        `${title}\n  message: "Something failed"\n  other: 5\n  RangeError: original\n      at here`,
        broken,
      ],
      [`${title}\n  message: "Nothing to throw"`, broken],
      [`${title}\n  exception: 5`, broken],
    ]);
  });

  it('ERR-009 a handler that throws is reported by the default, and the loop goes on', async () => {
    const reports: ExceptionContext[] = [];
    class Watched extends EventLoop {
      override defaultExceptionHandler(context: ExceptionContext): void {
        reports.push(context);
      }
    }
    const watched = new Watched({ host: new VirtualHost() });
    const broken = new Error('broken');
    const original = { message: 'original' };
    watched.setExceptionHandler(() => fail(broken));
    watched.callSoon(() => watched.callExceptionHandler(original));
    watched.callSoon(fail, 'from a callback');
    watched.callSoon(log, 'sibling');
    await runOnce(watched);
    expect(trace).toEqual(['sibling']);
    expect(reports[0]).toEqual({
      message: 'Unhandled error in exception handler',
      exception: broken,
      context: original,
    });
    expect(reports[0]?.['context']).toBe(original);
    expect(reports).toHaveLength(2);
    watched.close();
  });

  it('ERR-016 a subclass that overrides it has its version used wherever the loop reports', async () => {
    class Own extends EventLoop {
      override callExceptionHandler(context: ExceptionContext): void {
        log(String(context.message).replace(/ \w+\(\)/, ''));
      }
    }
    const own = new Own({ host: new VirtualHost() });
    own.callSoon(fail, new Error('failed'));
    own.createFuture().setException(new Error('never retrieved'));
    await runOnce(own);
    own.close();
    expect(trace).toEqual(['Exception in callback', 'Future exception was never retrieved']);
  });

  it('ERR-016 a subclass that overrides the default has it used without a handler', async () => {
    class Own extends EventLoop {
      override defaultExceptionHandler({ message }: ExceptionContext): void {
        log(String(message));
      }
    }
    const own = new Own({ host: new VirtualHost() });
    own.callSoon(fail, new Error('failed'));
    await runOnce(own);
    own.close();
    expect(trace).toEqual(['Exception in callback fail()']);
  });
});

describe('the context of a handler', () => {
  const variable = new ContextVar('variable', { default: 'default' });

  function contextWith(value: string): Context {
    const context = new Context();
    context.run(() => variable.set(value));
    return context;
  }

  it('ERR-015 is that of task, future or handle: the first that is there, and has one', async () => {
    loop.setExceptionHandler(() => log(variable.get()));
    const task = loop.createTask(function* () {}, { context: contextWith('task') });
    const other = loop.createTask(function* () {}, { context: contextWith('future') });
    const handle = loop.callSoon({ context: contextWith('handle') }, () => {});
    const future = loop.createFuture();
    loop.callSoon({ context: contextWith('current') }, () => {
      loop.callExceptionHandler({ task, future: other, handle });
      loop.callExceptionHandler({ future: other, handle });
      loop.callExceptionHandler({ handle });
      loop.callExceptionHandler({ future, handle });
      loop.callExceptionHandler({});
      log(variable.get());
    });
    await runOnce(loop);
    expect(trace).toEqual(['task', 'future', 'handle', 'current', 'current', 'current']);
  });

  it('ERR-015 keeps what the handler sets', async () => {
    const context = contextWith('before');
    loop.setExceptionHandler(() => void variable.set('by the handler'));
    loop.callSoon({ context }, fail, new Error('failed'));
    await runOnce(loop);
    expect(context.lookup(variable)).toBe('by the handler');
  });
});

const exits = [
  ['SystemExit', () => new SystemExit(3)],
  ['KeyboardInterrupt', () => new KeyboardInterrupt()],
] as const;

describe.each(exits)('%s', (_, make) => {
  it('ERR-008 from a callback leaves the run at once; the rest is kept for the next', async () => {
    collect();
    const exit = make();
    loop.callSoon(log, 'first');
    loop.callSoon(fail, exit);
    loop.callSoon(log, 'behind');
    loop.callLater(0, log, 'timer');
    expect(await errorOf(loop.runForever())).toBe(exit);
    expect(trace).toEqual(['first']);
    expect([loop.isRunning(), loop.isClosed()]).toEqual([false, false]);
    await runOnce(loop);
    expect(trace).toEqual(['first', 'behind', 'timer']);
    expect(contexts).toEqual([]);
  });

  it.each(styles)('ERR-008 from a task leaves the run at once ($style)', async ({ body }) => {
    collect();
    const exit = make();
    const never = loop.createFuture();
    const task = loop.createTask(
      body(function* (): Script<void> {
        yield* turn();
        fail(exit);
      }),
    );
    loop.callSoon(() => loop.callSoon(log, 'behind'));
    expect(await errorOf(loop.runUntilComplete(never))).toBe(exit);
    expect(trace).toEqual([]);
    await runOnce(loop);
    expect(trace).toEqual(['behind']);
    expect(task.exception()).toBe(exit);
    expect(contexts).toEqual([]);
  });

  it('ERR-008 from a task that a foreign promise resumes ends a run that waits', async () => {
    const exit = make();
    const task = loop.createTask(async () => {
      await new Promise((resolve) => void setImmediate(resolve));
      await new Promise((resolve) => void setImmediate(resolve));
      throw exit;
    });
    loop.callSoon(() => loop.callSoon(log, 'goes on meanwhile'));
    expect(await errorOf(loop.runForever())).toBe(exit);
    expect(trace).toEqual(['goes on meanwhile']);
    expect(task.exception()).toBe(exit);
  });

  it('ERR-011 from a handler leaves the run', async () => {
    const exit = make();
    loop.setExceptionHandler(() => fail(exit));
    loop.callSoon(fail, new Error('failed'));
    loop.callSoon(log, 'behind');
    expect(await errorOf(loop.runForever())).toBe(exit);
    expect(trace).toEqual([]);
    await runOnce(loop);
    expect(trace).toEqual(['behind']);
  });

  it('ERR-011 from a handler that is called outside of a run is thrown to the caller', () => {
    const exit = make();
    loop.setExceptionHandler(() => fail(exit));
    expect(errorFrom(() => loop.callExceptionHandler({ message: 'message' }))).toBe(exit);
  });

  it('ERR-008 ERR-011 without a run to leave, an exit of a task is its exception', async () => {
    const exit = make();
    const started = loop.createTask(
      function* () {
        yield;
        fail(exit);
      },
      { name: 'exits' },
    );
    expect(await errorOf(loop.runForever())).toBe(exit);
    expect(started.exception()).toBe(exit);
    await runOnce(loop);
  });
});

it('ERR-008 of two exits in one batch, each ends a run', async () => {
  const first = new SystemExit(1);
  const second = new SystemExit(2);
  const task = loop.createTask(async () => fail(first));
  loop.callSoon(fail, second);
  expect(await errorOf(loop.runForever())).toBe(first);
  expect(await errorOf(loop.runForever())).toBe(second);
  expect(task.exception()).toBe(first);
});

it.each(styles)(
  'an error of a step never loses the callbacks behind it ($style)',
  async ({ body }) => {
    collect();
    const failed = loop.createTask(
      body(function* (): Script<void> {
        fail(new Error('in the first step'));
      }),
    );
    const waits = loop.createTask(
      body(function* (): Script<void> {
        try {
          yield* wait(failed);
        } catch (error) {
          log(String(error));
        }
        throw new RuntimeError('again');
      }),
    );
    loop.callSoon(log, 'behind');
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    expect(trace).toEqual(['Error: in the first step', 'behind']);
    expect(waits.exception()).toEqual(new RuntimeError('again'));
  },
);

function errorFrom(body: () => void): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
