import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, turn, wait } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import { Context } from '../context/context.ts';
import { RuntimeError } from '../error/errors.ts';
import { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual } from '../testing/run-virtual.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { Task } from './task.ts';

let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

describe.each(styles)('createTask ($style)', ({ body }) => {
  it('TASK-001 gives a task before any line of the coroutine has run', async () => {
    const task = loop.createTask(
      body(function* () {
        trace.push('runs');
        return 'result';
      }),
    );
    expect(task).toBeInstanceOf(Task);
    expect([task.done(), trace]).toEqual([false, []]);
    expect(await loop.runUntilComplete(task)).toBe('result');
    expect(trace).toEqual(['runs']);
  });

  it('TASK-001 starts tasks in the order of creation, in one queue with callSoon', async () => {
    const start = (name: string): Task<void> =>
      loop.createTask(
        body(function* () {
          trace.push(name);
        }),
      );
    loop.callSoon(() => trace.push('callback 1'));
    void start('task 1');
    loop.callSoon(() => trace.push('callback 2'));
    await loop.runUntilComplete(start('task 2'));
    expect(trace).toEqual(['callback 1', 'task 1', 'callback 2', 'task 2']);
  });

  it('TASK-007 of the module uses the running loop, with all options', async () => {
    await runVirtual(
      body(function* () {
        const context = new Context();
        const task = createTask(
          body(function* () {
            trace.push('started');
            yield* turn();
            return 1;
          }),
          { name: 'mine', context, eagerStart: true },
        );
        expect(task.getLoop()).toBe(getRunningLoop());
        expect([task.getName(), task.getContext() === context, trace]).toEqual([
          'mine',
          true,
          ['started'],
        ]);
        expect(yield* wait(task)).toBe(1);
      }),
    );
  });

  it('CTX-015 runs it in a copy of the present context, or in the very one that is given', async () => {
    const variable = new ContextVar('variable', { default: 'unset' });
    const given = new Context();
    const set = (value: string) =>
      body(function* () {
        trace.push(variable.get());
        yield* turn();
        variable.set(value);
      });
    await runVirtual(
      body(function* () {
        variable.set('of the creator');
        yield* wait(createTask(set('in the copy')));
        yield* wait(createTask(set('first'), { context: given }));
        yield* wait(createTask(set('second'), { context: given }));
        trace.push(variable.get());
      }),
    );
    expect(trace).toEqual(['of the creator', 'unset', 'first', 'of the creator']);
    expect(given.get(variable)).toBe('second');
  });
});

describe('createTask of the module', () => {
  it('TASK-007 is a RuntimeError without a running loop', () => {
    expect(() => createTask(async () => {})).toThrow(RuntimeError);
    expect(() => createTask(async () => {})).toThrow('no running event loop: ');
  });
});

describe('what a task can be made of', () => {
  it.each([42, 'text', null, undefined, {}, [], Symbol('s'), true])(
    'TASK-003 is not %s',
    (value) => {
      expect(() => loop.createTask(value as never)).toThrow(TypeError);
      expect(() => loop.createTask(value as never)).toThrow(/^a coroutine was expected, got ./);
      expect(() => new Task(value as never, { loop })).toThrow(TypeError);
    },
  );

  it('TASK-003 is not a promise: the message says what to pass', () => {
    expect(() => loop.createTask(Promise.resolve() as never)).toThrow(
      'a coroutine was expected, got [object Promise]: a promise has started already, ' +
        'so pass the async function itself, `main` and not `main()`',
    );
  });

  it('TASK-003 is not an async generator, which waits for nobody', () => {
    const generator = (async function* () {})();
    expect(() => loop.createTask(generator as never)).toThrow(TypeError);
  });

  it.each<[string, () => unknown]>([
    ['returns nothing', () => undefined],
    ['returns a number', () => 42],
    ['makes an async generator', async function* () {}],
    ['is a class', EventLoop as never],
  ])('TASK-003 is a function, but not one that %s: the task fails', async (_what, body) => {
    const task = loop.createTask(body as never);
    await expect(loop.runUntilComplete(task)).rejects.toThrow(TypeError);
  });

  it('TASK-003 names the function that gave no coroutine', async () => {
    const task = loop.createTask(function plain() {
      return 42;
    } as never);
    await expect(loop.runUntilComplete(task)).rejects.toThrow(
      'a coroutine was expected, got 42 from [function plain]',
    );
  });

  it.each<[string, () => never, unknown]>([
    [
      'a generator',
      () =>
        (function* () {
          return 1;
        })() as never,
      1,
    ],
    [
      'a generator function',
      () =>
        function* () {
          return 2;
        } as never,
      2,
    ],
    ['an async function', () => (async () => 3) as never, 3],
    [
      'a function that gives a generator',
      () =>
        (() =>
          (function* () {
            return 4;
          })()) as never,
      4,
    ],
    ['a function that gives a promise', () => (() => Promise.resolve(5)) as never, 5],
    ['a function that gives a future', () => (() => finished(6)) as never, 6],
    ['a function that gives a thenable', () => (() => thenable(7)) as never, 7],
    ['an object with the methods of a generator', () => new Countdown(2) as never, 'lift-off'],
  ])('TASK-004 is %s', async (_what, make, result) => {
    expect(await loop.runUntilComplete(loop.createTask(make()))).toBe(result);
  });

  it('TASK-004 may be a function that throws', async () => {
    const task = loop.createTask(() => {
      throw new RangeError('at once');
    });
    await expect(loop.runUntilComplete(task)).rejects.toThrow(new RangeError('at once'));
  });

  it.each<[string, (resolve: (value: unknown) => void) => void, unknown]>([
    [
      'throws in then()',
      () => {
        throw new Error('broken');
      },
      new Error('broken'),
    ],
    [
      'calls back at once and throws',
      (resolve) => {
        resolve('value');
        throw new Error('late');
      },
      'value',
    ],
    [
      'calls back twice',
      (resolve) => {
        resolve('first');
        resolve('second');
      },
      'first',
    ],
  ])('TASK-004 may be a function that gives a thenable that %s', async (_what, then, outcome) => {
    const task = loop.createTask((() => ({ then })) as never);
    expect(await loop.runUntilComplete(task).catch((error: unknown) => error)).toEqual(outcome);
  });

  function finished(result: number): Future<number> {
    const future = loop.createFuture<number>();
    loop.callSoon(() => future.setResult(result));
    return future;
  }

  function thenable(value: number): PromiseLike<number> {
    return { then: (resolve) => resolve?.(value) } as PromiseLike<number>;
  }
});

/** A coroutine written by hand: gives up control so many times. */
class Countdown {
  #left: number;

  constructor(from: number) {
    this.#left = from;
  }

  next(): IteratorResult<undefined, string> {
    if (this.#left === 0) return { done: true, value: 'lift-off' };
    this.#left -= 1;
    return { done: false, value: undefined };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: string): IteratorResult<undefined, string> {
    return { done: true, value };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

describe('a task', () => {
  it('TASK-002 is a future that refuses an outcome from outside', async () => {
    const task = loop.createTask(async () => 'own') as Task;
    expect(task).toBeInstanceOf(Future);
    expect(() => (task as Future).setResult('other')).toThrow(
      new RuntimeError('Task does not support set_result operation'),
    );
    expect(() => (task as Future).setException(new Error('other'))).toThrow(
      new RuntimeError('Task does not support set_exception operation'),
    );
    expect(await loop.runUntilComplete(task)).toBe('own');
  });

  it('TASK-005 has the name that it is given, as a string', () => {
    const name = (given: unknown): string =>
      loop.createTask(async () => {}, { name: given as string }).getName();
    expect([name('mine'), name(987654321), name('')]).toEqual(['mine', '987654321', '']);
    const task = loop.createTask(async () => {});
    task.setName(42);
    expect(task.getName()).toBe('42');
  });

  it('TASK-005 is named Task-<n> otherwise, with n rising', () => {
    const numbers = [undefined, null, undefined].map((name) => {
      const text = loop.createTask(async () => {}, { name }).getName();
      return Number(/^Task-(\d+)$/.exec(text)?.[1]);
    });
    const [first = NaN] = numbers;
    expect(numbers).toEqual([first, first + 1, first + 2]);
  });

  it('TASK-006 may be of a class that a loop of its own gives', async () => {
    class OwnTask<T> extends Task<T> {}
    class OwnLoop extends EventLoop {
      override createTask<T>(...[coroutine]: Parameters<EventLoop['createTask']>): Task<T> {
        return new OwnTask<T>(coroutine as never, { loop: this });
      }
    }
    const own = new OwnLoop();
    const task = own.createTask(async () => 1);
    expect(task).toBeInstanceOf(OwnTask);
    expect(await own.runUntilComplete(task)).toBe(1);
    own.close();
  });

  it('TASK-031 cannot be made of a coroutine that a task drives or has driven', async () => {
    const coroutine = (function* () {
      yield;
    })();
    const task = loop.createTask(coroutine);
    expect(() => loop.createTask(coroutine)).toThrow(
      new RuntimeError('coroutine is being awaited already'),
    );
    await loop.runUntilComplete(task);
    expect(() => loop.createTask(coroutine)).toThrow(
      new RuntimeError('cannot reuse already awaited coroutine'),
    );
  });

  it('TASK-031 fails if its function gives a coroutine that another task drives', async () => {
    const coroutine = (function* () {
      yield;
      yield;
      return 'result';
    })();
    const task = loop.createTask(() => coroutine);
    const second = loop.createTask(() => coroutine);
    await expect(loop.runUntilComplete(second)).rejects.toThrow(
      new RuntimeError('coroutine is being awaited already'),
    );
    expect(await loop.runUntilComplete(task)).toBe('result');
  });

  it('refuses options that it does not know or that are of the wrong kind', () => {
    const create = loop.createTask.bind(loop) as (body: unknown, options: unknown) => Task;
    const make = (options: unknown): Task => new Task(async () => {}, options as never);
    for (const refuse of [
      (options: unknown) => create(async () => {}, options),
      (options: unknown) => make(options),
    ]) {
      expect(() => refuse({ eagerstart: true })).toThrow(
        'Task() has no option "eagerstart"; it takes name, context, eagerStart, loop',
      );
    }
    expect(() => make({ loop: 42 })).toThrow('Expected loop to be an event loop, got 42');
    expect(() => make(null)).toThrow('Expected the options of Task() to be an object, got null');
    expect(() => create(async () => {}, 42)).toThrow('Expected options to be an object, got 42');
    expect(() => make({ loop, context: {} })).toThrow(
      'Expected context to be a Context, got [object Object]',
    );
    expect(() => make({ loop, eagerStart: 'yes' })).toThrow(
      'Expected eagerStart to be a boolean, got "yes"',
    );
  });

  it('is not among the tasks of a loop that refused it', () => {
    loop.close();
    expect(() => loop.createTask(async () => {})).toThrow(new RuntimeError('Event loop is closed'));
    expect(() => new Task(async () => {}, { loop })).toThrow(RuntimeError);
    expect([...loop._tasks]).toEqual([]);
  });
});
