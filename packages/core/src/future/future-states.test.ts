import { runInNewContext, runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CancelledError,
  InvalidStateError,
  isOrdinary,
  RuntimeError,
  ValueError,
} from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { setEventLoop } from '../loop/running-loop.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { completed } from './completed.ts';
import { ensureFuture } from './ensure-future.ts';
import { Future } from './future.ts';
import { wrapFuture } from './wrap-future.ts';

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  // Some tests leave errors behind, on purpose.
  loop.setExceptionHandler(() => {});
});

afterEach(() => {
  setEventLoop(null);
  loop.close();
});

/** What `body` throws. */
function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a new future', () => {
  it('FUT-001 comes from createFuture, pending and bound to that loop', () => {
    const future = loop.createFuture();
    expect(future).toBeInstanceOf(Future);
    expect(future.done()).toBe(false);
    expect(future.getLoop()).toBe(loop);
  });

  it("FUT-001 is a loop subclass's own kind wherever the library needs one", async () => {
    class OwnFuture<T> extends Future<T> {}
    class OwnLoop extends EventLoop {
      override createFuture<T>(): Future<T> {
        return new OwnFuture<T>({ loop: this });
      }
    }
    const own = new OwnLoop();
    expect(own.createFuture()).toBeInstanceOf(OwnFuture);
    expect(wrapFuture(Promise.resolve(), { loop: own })).toBeInstanceOf(OwnFuture);
    expect(ensureFuture(Promise.resolve(), { loop: own })).toBeInstanceOf(OwnFuture);
    await own.runUntilComplete(async () => {
      expect(completed(1)).toBeInstanceOf(OwnFuture);
    });
    own.close();
  });

  it('FUT-002 takes the loop it is given, else the running one, else the one that is set', async () => {
    expect(new Future({ loop }).getLoop()).toBe(loop);
    const other = new EventLoop();
    setEventLoop(other);
    expect(new Future().getLoop()).toBe(other);
    expect(new Future({ loop: null }).getLoop()).toBe(other);
    await loop.runUntilComplete(async () => {
      expect(new Future().getLoop()).toBe(loop);
    });
    other.close();
  });

  it('FUT-002 is a RuntimeError without any loop', () => {
    expect(() => new Future()).toThrow(
      new RuntimeError("There is no current event loop in thread 'MainThread'."),
    );
  });

  it('FUT-002 takes the loop by name only, and no other option', () => {
    const make = Future as unknown as new (options: unknown) => unknown;
    expect(() => new make(loop)).toThrow(TypeError);
    expect(() => new make(42)).toThrow('Future() takes options such as { loop }, got 42');
    expect(() => new make(null)).toThrow('got null');
    expect(() => new make({ loop: 42 })).toThrow('Expected loop to be an event loop, got 42');
    expect(() => new make({ lop: loop })).toThrow('Future() has no option "lop"; it takes loop');
  });

  it('FUT-003 is neither done nor cancelled', () => {
    const future = loop.createFuture();
    expect([future.done(), future.cancelled()]).toEqual([false, false]);
  });

  it.each<[string, (future: Future) => void]>([
    ['a result', (future) => future.setResult(1)],
    ['an error', (future) => future.setException(new Error('failed'))],
    ['a cancellation', (future) => void future.cancel()],
  ])('FUT-003 is done for good by %s', (_what, finish) => {
    const future = loop.createFuture();
    finish(future);
    future.cancel();
    expect(() => future.setResult(2)).toThrow(InvalidStateError);
    expect(future.done()).toBe(true);
  });

  it('FUT-004 has no result and no error to read', () => {
    const future = loop.createFuture();
    expect(() => future.result()).toThrow(new InvalidStateError('Result is not set.'));
    expect(() => future.exception()).toThrow(new InvalidStateError('Exception is not set.'));
  });

  it('FUT-014 knows its loop in a subclass too, since no constructor can leave the base out', () => {
    class Sub extends Future {
      readonly mine: EventLoop;
      constructor() {
        super({ loop });
        this.mine = this.getLoop();
      }
    }
    expect(new Sub().mine).toBe(loop);
    // The compiler would refuse it as well.
    const derive = runInThisContext('(Base) => class extends Base { constructor() {} }') as (
      base: typeof Future,
    ) => new () => Future;
    const WithoutBase = derive(Future);
    expect(() => new WithoutBase()).toThrow(ReferenceError);
  });
});

describe('a future with a result', () => {
  it('FUT-005 gives it as often as it is asked, and no error', () => {
    const future = loop.createFuture<object>();
    const result = {};
    future.setResult(result);
    expect([future.done(), future.cancelled()]).toEqual([true, false]);
    expect(future.result()).toBe(result);
    expect(future.result()).toBe(result);
    expect(future.exception()).toBeNull();
  });

  it('FUT-005 may hold anything, undefined and errors included', () => {
    for (const result of [undefined, null, new Error('a value'), Promise.resolve(1)]) {
      const future = loop.createFuture();
      future.setResult(result);
      expect(future.result()).toBe(result);
      expect(future.exception()).toBeNull();
    }
  });
});

describe('a future with an error', () => {
  it('FUT-006 throws that very object each time', () => {
    const future = loop.createFuture();
    const error = new Error('failed');
    future.setException(error);
    expect([future.done(), future.cancelled()]).toEqual([true, false]);
    expect(thrownBy(() => future.result())).toBe(error);
    expect(thrownBy(() => future.result())).toBe(error);
    expect(future.exception()).toBe(error);
  });

  it('FUT-007 makes an instance of an error class', () => {
    const future = loop.createFuture();
    future.setException(ValueError);
    expect(future.exception()).toBeInstanceOf(ValueError);
    expect(future.exception()).toBe(future.exception());
  });

  it.each([42, 'text', null, undefined, {}, Object, () => {}])(
    'FUT-007 refuses %s, and stays pending',
    (value) => {
      const future = loop.createFuture();
      expect(() => future.setException(value as never)).toThrow(/^invalid exception object: /);
      expect(() => future.setException(value as never)).toThrow(TypeError);
      expect(future.done()).toBe(false);
    },
  );

  it('FUT-007 names the argument and the value', () => {
    expect(() => loop.createFuture().setException('text' as never)).toThrow(
      'invalid exception object: expected exception to be an Error or a class of errors, got "text"',
    );
  });

  it('FUT-007 takes an error of another realm', () => {
    const error = runInNewContext('new RangeError("far away")') as Error;
    const future = loop.createFuture();
    future.setException(error);
    expect(future.exception()).toBe(error);
  });

  it('FUT-012 made of a CancelledError is failed, not cancelled', () => {
    const future = loop.createFuture();
    const error = new CancelledError('not really');
    future.setException(error);
    expect(future.cancelled()).toBe(false);
    expect(future.exception()).toBe(error);
    expect(isOrdinary(error)).toBe(false);
    expect(isOrdinary(new Error('ordinary'))).toBe(true);
  });
});

describe('a future that is done', () => {
  it.each<[string, (future: Future) => void]>([
    ['finished', (future) => future.setResult(1)],
    ['failed', (future) => future.setException(new Error('first'))],
    ['cancelled', (future) => void future.cancel('first')],
  ])('FUT-009 keeps its outcome once %s', (_state, finish) => {
    const future = loop.createFuture();
    finish(future);
    const before = future.toString();
    expect(() => future.setResult(2)).toThrow(InvalidStateError);
    expect(() => future.setResult(2)).toThrow(`invalid state: ${before}`);
    expect(() => future.setException(new Error('second'))).toThrow(InvalidStateError);
    expect(future.toString()).toBe(before);
  });

  it('FUT-010 is cancelled at once by cancel(), which says whether it was pending', () => {
    const future = loop.createFuture();
    expect(future.cancel()).toBe(true);
    expect([future.done(), future.cancelled()]).toEqual([true, true]);
    expect(future.cancel()).toBe(false);

    const finished = loop.createFuture<number>();
    finished.setResult(1);
    expect(finished.cancel()).toBe(false);
    expect([finished.cancelled(), finished.result()]).toEqual([false, 1]);
  });

  it.each([
    [undefined, []],
    [null, []],
    ['why', ['why']],
    ['', ['']],
    [0, [0]],
    [5, [5]],
  ])('FUT-011 cancelled with %j throws a CancelledError with args %j', (message, args) => {
    const future = loop.createFuture();
    future.cancel(message);
    for (const read of [() => future.result(), () => future.exception()]) {
      const error = thrownBy(read);
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).args).toEqual(args);
    }
  });
});
