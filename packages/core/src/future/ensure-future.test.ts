import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeError, ValueError } from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { setEventLoop } from '../loop/running-loop.ts';
import { Task } from '../task/task.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { ensureFuture } from './ensure-future.ts';
import { Future } from './future.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  setEventLoop(null);
  loop.close();
});

async function body(): Promise<string> {
  return 'result';
}

describe('ensureFuture', () => {
  it('FUT-030 gives a future back as it is', () => {
    const future = loop.createFuture();
    expect(ensureFuture(future) === future).toBe(true);
    expect(ensureFuture(future, { loop }) === future).toBe(true);
    expect(ensureFuture(future, { loop: null }) === future).toBe(true);
  });

  it('FUT-030 refuses a future of another loop than the one given', () => {
    const other = new EventLoop();
    expect(() => ensureFuture(loop.createFuture(), { loop: other })).toThrow(
      new ValueError(
        'The future belongs to a different loop than the one specified as the loop argument',
      ),
    );
    other.close();
  });

  it('FUT-031 makes a task on the given, the running or the current loop', async () => {
    const given = ensureFuture(body, { loop });
    expect(given).toBeInstanceOf(Task);
    expect(given.getLoop()).toBe(loop);

    const other = new EventLoop();
    setEventLoop(other);
    expect(ensureFuture(body).getLoop()).toBe(other);
    await loop.runUntilComplete(function* () {
      const task = ensureFuture(body);
      expect(task.getLoop()).toBe(loop);
      expect(yield* task).toBe('result');
    });
    other.close();
  });

  it('FUT-031 goes through createTask: overrides and task factories apply', () => {
    const made: string[] = [];
    class OwnLoop extends EventLoop {
      override createTask<T>(...args: Parameters<EventLoop['createTask']>): Task<T> {
        made.push('override');
        return super.createTask(...args) as Task<T>;
      }
    }
    const own = new OwnLoop();
    own.setTaskFactory((of, coroutine, options) => {
      made.push('factory');
      return new Task(coroutine, { ...options, loop: of });
    });
    void ensureFuture(body, { loop: own });
    expect(made).toEqual(['override', 'factory']);
    own.close();
  });

  it('FUT-031 is a RuntimeError without any loop', () => {
    expect(() => ensureFuture(body)).toThrow(RuntimeError);
    expect(() => ensureFuture(Promise.resolve())).toThrow(RuntimeError);
  });

  it.each<[string, () => PromiseLike<unknown>]>([
    ['a promise', () => Promise.resolve('value')],
    [
      'any other thenable',
      () => ({ then: (resolve) => resolve?.('value') }) as PromiseLike<string>,
    ],
  ])('FUT-032 follows %s', async (_what, make) => {
    const future = ensureFuture(make(), { loop });
    expect(future).toBeInstanceOf(Future);
    expect(future.done()).toBe(false);
    expect(await loop.runUntilComplete(future)).toBe('value');
  });

  it.each([42, 'text', null, undefined, {}, Symbol('s'), [1]])('FUT-032 refuses %s', (value) => {
    const ensure = (): unknown => ensureFuture(value as never, { loop });
    expect(ensure).toThrow(TypeError);
    expect(ensure).toThrow(/^A Future, a coroutine or an awaitable is required, got ./);
  });

  it('FUT-033 is a RuntimeError on a closed loop, and no line of the coroutine runs', async () => {
    let ran = false;
    loop.close();
    expect(() =>
      ensureFuture(
        function* () {
          ran = true;
        },
        { loop },
      ),
    ).toThrow(new RuntimeError('Event loop is closed'));
    const coroutine = (function* () {
      ran = true;
    })();
    expect(() => ensureFuture(coroutine, { loop })).toThrow(RuntimeError);
    expect(coroutine.next()).toEqual({ done: true, value: undefined });
    expect(ran).toBe(false);
  });

  it('refuses options that it does not know, and a loop that is none', () => {
    const ensure = ensureFuture as (awaitable: unknown, options: unknown) => unknown;
    expect(() => ensure(body, { lop: loop })).toThrow(
      'ensureFuture() has no option "lop"; it takes loop',
    );
    expect(() => ensure(body, 42)).toThrow('Expected the options of ensureFuture()');
    for (const awaitable of [body, Promise.resolve(), loop.createFuture()]) {
      expect(() => ensure(awaitable, { loop: 42 })).toThrow(
        'Expected loop to be an event loop, got 42',
      );
    }
  });
});
