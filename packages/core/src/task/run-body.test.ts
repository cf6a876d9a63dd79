import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { styles, thrownBy, turn, wait } from '../../test/coroutine-styles.ts';
import { ContextVar } from '../context/context-var.ts';
import type { CancelledError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { createTask } from './create-task.ts';
import { currentTask } from './current-task.ts';
import { operation, runBody } from './operation.ts';
import type { Coroutine, TaskBody } from './task-body.ts';

let loop: EventLoop;
let trace: unknown[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

/** A library method that runs a body of its user's. */
function within<T>(body: TaskBody<T>): Future<T> {
  return operation(function* () {
    trace.push('enters');
    try {
      return yield* runBody(body);
    } finally {
      trace.push('leaves');
    }
  });
}

function* waits<T>(future: Future<T>): Coroutine<T> {
  return yield* future;
}

const kinds: Array<[string, <T>(future: Future<T>) => TaskBody<T>]> = [
  [
    'a generator function',
    (future) =>
      function* () {
        return yield* future;
      },
  ],
  ['a generator', (future) => waits(future)],
  ['an async function', (future) => async () => await future],
  ['a function that gives a generator', (future) => () => waits(future)],
  ['a function that gives a future', (future) => () => future],
  ['a function that gives a promise', (future) => () => (async () => await future)()],
];

describe.each(styles)('runBody inside a task ($style)', ({ body }) => {
  describe.each(kinds)('with %s', (_kind, bodyOf) => {
    it('gives its result in the iteration in which it ends', async () => {
      await loop.runUntilComplete(
        body(function* () {
          const now = countIterations(loop);
          const future = loop.createFuture<string>();
          loop.callSoon(() => {
            future.setResult('result');
            loop.callSoon(() => trace.push(`${now()}: behind`));
          });
          const result = yield* wait(within(bodyOf(future)));
          trace.push(`${now()}: ${result}`);
          yield* turn();
        }),
      );
      expect(trace).toEqual(['enters', 'leaves', '2: result', '2: behind']);
    });

    it('throws its error', async () => {
      await loop.runUntilComplete(
        body(function* () {
          const future = loop.createFuture();
          const error = new Error('of the body');
          loop.callSoon(() => future.setException(error));
          expect(yield* thrownBy(within(bodyOf(future)))).toBe(error);
        }),
      );
    });

    it('is cancelled with the task', async () => {
      await loop.runUntilComplete(
        body(function* () {
          const future = loop.createFuture();
          const task = createTask(
            body(function* () {
              yield* wait(within(bodyOf(future)));
            }),
          );
          yield* turn();
          task.cancel('why');
          expect(future.cancelled()).toBe(true);
          const error = yield* thrownBy(task);
          expect((error as CancelledError).args).toEqual(['why']);
        }),
      );
      expect(trace).toEqual(['enters', 'leaves']);
    });
  });

  it('runs it in the name of the task, in its context, and lets it nest', async () => {
    const variable = new ContextVar('variable', { default: 'unset' });
    const inner = async (): Promise<void> => {
      trace.push(currentTask()?.getName(), variable.get());
      variable.set('inner');
      await operation(function* () {
        yield;
      });
      trace.push(currentTask()?.getName(), getRunningLoop() === loop);
    };
    await loop.runUntilComplete(
      body(function* () {
        currentTask()?.setName('main');
        variable.set('main');
        yield* wait(within(() => within(inner)));
        trace.push(variable.get());
      }),
    );
    expect(trace).toEqual([
      'enters',
      'enters',
      'main',
      'main',
      'main',
      true,
      'leaves',
      'leaves',
      'inner',
    ]);
  });

  it.each([42, 'text', null, undefined, {}])('refuses %s', async (value) => {
    await loop.runUntilComplete(
      body(function* () {
        const error = yield* thrownBy(within(value as never));
        expect(error).toBeInstanceOf(TypeError);
        expect((error as Error).message).toMatch(
          /^Expected body to be an async function, a generator function or a generator, got ./,
        );
      }),
    );
  });

  it('fails with a function that gives no coroutine', async () => {
    await loop.runUntilComplete(
      body(function* () {
        expect(yield* thrownBy(within((() => 42) as never))).toBeInstanceOf(TypeError);
      }),
    );
  });

  it('leaves a request to who waits next, if the body was cancelled by itself and went on', async () => {
    await loop.runUntilComplete(
      body(function* () {
        const task = createTask(
          body(function* () {
            const result = yield* wait(
              within(async () => {
                await operation(function* () {
                  yield;
                });
                currentTask()?.cancel('why');
                return 'result';
              }),
            );
            trace.push(result);
            trace.push(((yield* thrownBy(loop.createFuture())) as CancelledError).args);
          }),
        );
        yield* wait(task);
      }),
    );
    expect(trace).toEqual(['enters', 'leaves', 'result', ['why']]);
  });
});

describe('runBody in a generator', () => {
  it('lets an async function know its task after its awaits', async () => {
    await loop.runUntilComplete(function* () {
      const task = currentTask();
      yield* runBody(async () => {
        for (let i = 0; i < 3; i += 1) {
          await operation(function* () {
            yield;
          });
          await Promise.resolve();
          trace.push(currentTask() === task);
        }
      });
    });
    expect(trace).toEqual([true, true, true]);
  });
});
