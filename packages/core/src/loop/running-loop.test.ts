import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { styles, turn, type Script } from '../../test/coroutine-styles.ts';
import { messageOf } from '../../test/in-worker.ts';
import { RuntimeError } from '../error/errors.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { AbstractEventLoop } from './abstract-event-loop.ts';
import { EventLoop } from './event-loop.ts';
import { getEventLoop, getRunningLoop, newEventLoop, setEventLoop } from './running-loop.ts';

let loop: EventLoop;
let other: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  other = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  setEventLoop(null);
  loop.close();
  other.close();
});

/** What `body` gives when the loop calls it. */
async function inCallback<T>(body: () => T): Promise<T> {
  let result: T | undefined;
  loop.callSoon(() => {
    result = body();
    loop.stop();
  });
  await loop.runForever();
  return result as T;
}

function checkNoRunningLoop(): void {
  expect(() => getRunningLoop()).toThrow(
    /^no running event loop: this can be called by what run\(\), a Runner /,
  );
}

describe('getRunningLoop', () => {
  it('LOOP-001 gives the loop that runs the calling callback or timer', async () => {
    expect(await inCallback(getRunningLoop)).toBe(loop);
    let seen: EventLoop | undefined;
    loop.callLater(1, () => {
      seen = getRunningLoop();
      loop.stop();
    });
    await loop.runForever();
    expect(seen).toBe(loop);
  });

  describe.each(styles)('in a coroutine ($style)', ({ body }) => {
    it('LOOP-001 gives the loop in each step, also after a foreign promise', async () => {
      const seen: unknown[] = [];
      await loop.runUntilComplete(
        body(function* (): Script<void> {
          seen.push(getRunningLoop());
          yield* turn();
          seen.push(getRunningLoop());
        }),
      );
      await loop.runUntilComplete(async () => {
        await new Promise((resolve) => void setImmediate(resolve));
        seen.push(getRunningLoop());
      });
      expect(seen).toEqual([loop, loop, loop]);
    });

    it('LOOP-004 getEventLoop() gives the running loop, whatever was set', async () => {
      const seen: unknown[] = [];
      const main = body(function* (): Script<void> {
        seen.push(getEventLoop());
        yield* turn();
        setEventLoop(null);
        seen.push(getEventLoop());
      });
      setEventLoop(other);
      await loop.runUntilComplete(main);
      expect(seen).toEqual([loop, loop]);
    });
  });

  it('LOOP-002 throws where no loop runs the calling code, also after a run', async () => {
    checkNoRunningLoop();
    await inCallback(() => {});
    checkNoRunningLoop();
    await loop
      .runUntilComplete(async () => {
        throw new Error('failed');
      })
      .catch(() => {});
    checkNoRunningLoop();
  });

  it('LOOP-002 throws in code that the loop does not run, while it runs', async () => {
    const run = loop.runUntilComplete(async () => {
      await new Promise((resolve) => void setImmediate(resolve));
    });
    checkNoRunningLoop();
    await run;
  });

  it('LOOP-003 LOOP-006 LOOP-011 CTX-011 a new thread has no loop and an empty context', async () => {
    setEventLoop(other);
    const [message, current] = await Promise.all([
      messageOf('fresh-thread.mjs'),
      inCallback(getRunningLoop),
    ]);
    expect(message).toEqual([
      expect.stringMatching(/^RuntimeError: no running event loop: /),
      "RuntimeError: There is no current event loop in thread 'MainThread'.",
      '0 variables',
      'true',
      '1 variables',
    ]);
    expect(current).toBe(loop);
    expect(getEventLoop()).toBe(other);
  });
});

describe('getEventLoop and setEventLoop', () => {
  it('LOOP-005 throws where no loop is running and none was set, and makes none', () => {
    for (let call = 0; call < 2; call += 1) {
      expect(() => getEventLoop()).toThrow(RuntimeError);
      expect(() => getEventLoop()).toThrow(/^There is no current event loop in thread '/);
    }
  });

  it('LOOP-004 gives the running loop in a callback, whatever was set', async () => {
    setEventLoop(other);
    expect(await inCallback(getEventLoop)).toBe(loop);
    setEventLoop(null);
    expect(await inCallback(getEventLoop)).toBe(loop);
  });

  it('LOOP-006 LOOP-010 gives the loop that was set while none is running', () => {
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    setEventLoop(other);
    expect(getEventLoop()).toBe(other);
  });

  it('LOOP-007 setEventLoop(null) clears it', () => {
    setEventLoop(loop);
    setEventLoop(null);
    expect(() => getEventLoop()).toThrow(/^There is no current event loop in thread '/);
  });

  it.each([
    ['a number', 5, '5'],
    ['a text', 'loop', '"loop"'],
    ['an object', {}, '[object Object]'],
    ['a class', EventLoop, '[class EventLoop]'],
    ['undefined', undefined, 'undefined'],
  ])('LOOP-008 setEventLoop() refuses %s and keeps the old loop', (_, value, text) => {
    setEventLoop(loop);
    expect(() => setEventLoop(value as unknown as EventLoop)).toThrow(
      new TypeError(`loop must be an instance of AbstractEventLoop or None, not ${text}`),
    );
    expect(getEventLoop()).toBe(loop);
  });

  it('LOOP-006 takes any subclass of AbstractEventLoop', () => {
    class OwnLoop extends AbstractEventLoop {}
    const own = new OwnLoop();
    setEventLoop(own);
    expect(getEventLoop()).toBe(own);
  });
});

describe('newEventLoop', () => {
  it('LOOP-009 makes a distinct new loop each time, that is neither running, closed nor set', () => {
    const first = newEventLoop();
    const second = newEventLoop();
    expect(first).toBeInstanceOf(EventLoop);
    expect(first).not.toBe(second);
    expect([first.isRunning(), first.isClosed()]).toEqual([false, false]);
    expect(() => getEventLoop()).toThrow(RuntimeError);
    first.close();
    second.close();
  });
});
