import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { Context } from '../context/context.ts';
import { EventLoop, type ExceptionContext } from '../loop/event-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { isCoroutine, isCoroutineFunction, type Coroutine } from './task-body.ts';
import type { Task } from './task.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  loop.close();
});

async function work(): Promise<number> {
  return await loop.createFuture<number>();
}

describe('the text of a task', () => {
  it('TASK-056 names its state, its name, its coroutine and what it waits for', async () => {
    const texts: string[] = [];
    const future = loop.createFuture<number>();
    function* waits(): Coroutine<number> {
      return yield* future;
    }
    const task = loop.createTask(waits, { name: 'mine' });
    const note = (): void => void texts.push(task.toString());
    note();
    await loop.runUntilComplete(function* () {
      yield;
      note();
      task.addDoneCallback(function told() {});
      note();
      future.setResult(4);
      yield;
      note();
    });
    expect(texts).toEqual([
      "<Task pending name='mine' coro=<waits() created>>",
      "<Task pending name='mine' coro=<waits() running> wait_for=<Future pending>>",
      "<Task pending name='mine' coro=<waits() running> wait_for=<Future pending> cb=[told()]>",
      "<Task finished name='mine' coro=<waits() done> result=4>",
    ]);
  });

  it('TASK-056 says cancelling once that was requested, then cancelled', async () => {
    const task = loop.createTask(work, { name: 'mine' });
    task.cancel();
    expect(task.toString()).toBe("<Task cancelling name='mine' coro=<work() created>>");
    await loop.runUntilComplete(function* () {
      yield;
    });
    expect(task.toString()).toBe("<Task cancelled name='mine' coro=<work() done>>");
  });

  it('TASK-056 shows the error', async () => {
    const task = loop.createTask(
      function* fails() {
        throw new RangeError('too far');
      },
      { name: 'mine' },
    );
    await loop.runUntilComplete(task).catch(() => {});
    expect(task.toString()).toBe(
      `<Task finished name='mine' coro=<fails() done> exception=RangeError("too far")>`,
    );
    expect(inspect(task)).toBe(task.toString());
    expect(Object.prototype.toString.call(task)).toBe('[object Task]');
  });
});

describe('what a task tells of itself', () => {
  it('TASK-054 is its coroutine, its context and its name', async () => {
    const context = new Context();
    const task = loop.createTask(work, { name: 'mine', context });
    expect(task.getCoro()).toBe(work);
    expect(task.getContext()).toBe(context);
    expect(task.getName()).toBe('mine');
    task.setName('yours');
    expect(task.getName()).toBe('yours');
    const coroutine = (function* () {})();
    expect(loop.createTask(coroutine).getCoro() === coroutine).toBe(true);
    expect(loop.createTask(work).getContext()).toBeInstanceOf(Context);
  });

  it.each(styles)('TASK-055 is where it waits ($style)', async ({ body }) => {
    const task = loop.createTask(
      body(function* () {
        yield* wait(loop.createFuture());
      }),
    );
    await loop.runUntilComplete(body(turn));
    expect(task.getStack()).toHaveLength(1);
    expect(task.getStack()[0]).toMatch(/ waiting for <Future pending cb=\[wakeup\(\)\]>$/);
    expect(task.getStack(0)).toEqual([]);
    task.cancel();
    await loop.runUntilComplete(body(turn));
    expect(task.getStack()).toEqual([]);
  });

  it.each(styles)(
    'TASK-055 is where its error came from, outermost first ($style)',
    async ({ body }) => {
      function inner(): never {
        throw new Error('failed');
      }
      function outer(): void {
        inner();
      }
      const task = loop.createTask(
        body(function* () {
          outer();
        }),
      );
      await loop.runUntilComplete(task).catch(() => {});
      const stack = task.getStack();
      expect(stack.at(-1)).toMatch(/^inner .*task-text\.test\.ts:\d+/);
      expect(stack.at(-2)).toMatch(/^outer .*task-text\.test\.ts:\d+/);
      expect(task.getStack(1)).toEqual(stack.slice(0, 1));
      expect(task.getStack(0)).toEqual([]);
    },
  );

  it('TASK-055 is printed under a heading', async () => {
    const print = (task: Task | Task<number>): string => {
      let printed = '';
      task.printStack(null, { write: (text) => (printed += text) });
      return printed;
    };
    const finished = loop.createTask(async () => 4, { name: 'mine' });
    const failed = loop.createTask(async () => {
      throw new Error('failed');
    });
    const waits = loop.createTask(work);
    loop.setExceptionHandler(() => {});
    await loop.runUntilComplete(function* () {
      yield;
    });
    expect(print(finished)).toMatch(/^No stack for <Task finished name='mine' .*>\n$/);
    expect(print(failed)).toMatch(
      /^Traceback for <Task finished .*> \(most recent call last\):\n {2}./,
    );
    expect(print(waits)).toMatch(
      /^Stack for <Task pending .*> \(most recent call last\):\n {2}work waiting for /,
    );
    failed.exception();

    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    finished.printStack();
    expect(error.mock.calls).toEqual([[print(finished).trimEnd()]]);
    error.mockRestore();
  });

  it('TASK-055 refuses bad limits and sinks', () => {
    const task = loop.createTask(work);
    for (const limit of [-1, 1.5, 'all']) {
      expect(() => task.getStack(limit as number)).toThrow(
        /^Expected limit to be null or an integer from 0 up, got ./,
      );
    }
    expect(() => task.printStack(null, 42 as never)).toThrow(
      'Expected sink to be null or to have a write() method, got 42',
    );
  });
});

describe('a pending task', () => {
  let reports: ExceptionContext[];

  beforeEach(() => {
    reports = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
  });

  it('TASK-053 is kept alive by its loop, though nobody else holds it', async () => {
    let ended = false;
    const future = ((): WeakRef<Task> => {
      const task = loop.createTask(function* () {
        yield* loop.createFuture();
        ended = true;
      });
      return new WeakRef<Task>(task);
    })();
    await loop.runUntilComplete(function* () {
      yield;
    });
    await collectGarbage();
    expect(future.deref()).toBeDefined();
    future.deref()?.cancel();
    await loop.runUntilComplete(function* () {
      yield;
      yield;
    });
    expect([ended, reports]).toEqual([false, []]);
  });

  it('TASK-053 is reported when its loop closes', async () => {
    const task = loop.createTask(work);
    await loop.runUntilComplete(function* () {
      yield;
    });
    loop.close();
    expect(reports.map(({ message }) => message)).toEqual([
      'Task was destroyed but it is pending!',
    ]);
    expect(reports[0]?.task === task).toBe(true);
    loop.close();
    expect(reports).toHaveLength(1);
  });
});

describe('isCoroutineFunction and isCoroutine', () => {
  async function asyncFunction(): Promise<void> {}
  function* generatorFunction(): Generator<undefined, void> {}
  async function* asyncGeneratorFunction(): AsyncGenerator<undefined, void> {}

  it.each<[string, unknown, boolean]>([
    ['an async function', asyncFunction, true],
    ['an async arrow function', async () => {}, true],
    ['a bound async function', asyncFunction.bind(null), true],
    ['a generator function, the other kind of coroutine here', generatorFunction, true],
    ['an async generator function', asyncGeneratorFunction, false],
    ['a plain function', () => asyncFunction(), false],
    ['a class', EventLoop, false],
    ['a promise', asyncFunction(), false],
    ['a number', 42, false],
    ['null', null, false],
  ])('TASK-057 tell a coroutine function: %s', (_what, value, expected) => {
    expect(isCoroutineFunction(value)).toBe(expected);
  });

  it.each<[string, unknown, boolean]>([
    ['a generator', generatorFunction(), true],
    ['an object with its methods', { next() {}, throw() {}, return() {} }, true],
    ['a generator function', generatorFunction, false],
    ['an async generator', asyncGeneratorFunction(), false],
    ['an array iterator', [1].values(), false],
    ['a promise', asyncFunction(), false],
    ['null', null, false],
  ])('TASK-057 tell a coroutine: %s', (_what, value, expected) => {
    expect(isCoroutine(value)).toBe(expected);
  });
});
