import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { NotImplementedError } from '@loop/core/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { openDescriptors } from '../../test/descriptor-count.ts';
import { uvPoll } from '../ffi/layouts.ts';
import { EventDescriptor } from '../io/eventfd.ts';
import { EpollSelector } from '../selectors/epoll-selector.ts';
import { EVENT_READ } from '../selectors/selector.ts';
import {
  everyTurn,
  KoffiPollHandle,
  openWakeHandle,
  UvPollHandle,
  type WakeHandle,
  watchDescriptor,
} from './wake.ts';
import '../../test/needs-ffi.ts';

const cleanups: Disposable[] = [];
afterEach(() => {
  for (const each of cleanups.splice(0).reverse()) each[Symbol.dispose]();
});
function keep<T extends { close(): void }>(closable: T): T {
  cleanups.push({ [Symbol.dispose]: () => closable.close() });
  return closable;
}

/** Resolves in the first turn in which something registered is ready. */
function firstReady(selector: EpollSelector): Promise<number> {
  return new Promise((resolve) => {
    const wake = keep(
      watchDescriptor(selector.fileno(), () => {
        const [first] = selector.select(0);
        if (first === undefined) return;
        wake.close();
        resolve(first[0].fd);
      }),
    );
  });
}

describe('watchDescriptor', () => {
  it('wakes the loop for whatever becomes ready in an epoll set', async () => {
    const selector = keep(new EpollSelector());
    const event = keep(new EventDescriptor());
    selector.register(event, EVENT_READ);
    const ready = firstReady(selector);
    event.signal();
    expect(await ready).toBe(event.fileno());
  });

  it('wakes it for what was ready before', async () => {
    const selector = keep(new EpollSelector());
    const event = keep(new EventDescriptor());
    event.signal();
    selector.register(event, EVENT_READ);
    expect(await firstReady(selector)).toBe(event.fileno());
  });

  it('does not make an idle loop spin', async () => {
    const selector = keep(new EpollSelector());
    let turns = 0;
    keep(watchDescriptor(selector.fileno(), () => (turns += 1)));
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    expect(turns).toBeLessThan(100);
  });

  it('runs nextTick and microtasks of one turn before the next', async () => {
    const event = keep(new EventDescriptor());
    event.signal();
    const trace = await new Promise<string[]>((resolve) => {
      const seen: string[] = [];
      const wake = keep(
        watchDescriptor(event.fileno(), () => {
          seen.push('turn');
          if (seen.length > 10) {
            wake.close();
            resolve(seen);
            return;
          }
          void Promise.resolve().then(() => {
            seen.push('microtask');
            process.nextTick(() => seen.push('tick of a microtask'));
          });
          process.nextTick(() => seen.push('tick'));
        }),
      );
    });
    const round = ['turn', 'tick', 'microtask', 'tick of a microtask'];
    expect(trace).toEqual([...round, ...round, ...round, 'turn']);
  });

  it('runs its turns outside of the async context it was called in', async () => {
    const storage = new AsyncLocalStorage<string>();
    const event = keep(new EventDescriptor());
    event.signal();
    const store = await storage.run('of the caller', () => {
      return new Promise((resolve) => {
        const wake = keep(
          watchDescriptor(event.fileno(), () => {
            wake.close();
            resolve(storage.getStore());
          }),
        );
      });
    });
    expect(store).toBeUndefined();
  });

  it('may be closed twice, and referenced after that', () => {
    const event = keep(new EventDescriptor());
    const wake = watchDescriptor(event.fileno(), () => {});
    wake.close();
    wake.close();
    wake.ref();
    wake.unref();
    expect(() => keep(watchDescriptor(event.fileno(), () => {}))).not.toThrow();
  });

  it('opens and closes two thousand times without a descriptor or a handle left', () => {
    const before = openDescriptors();
    const event = keep(new EventDescriptor());
    for (let round = 0; round < 2000; round += 1) watchDescriptor(event.fileno(), () => {}).close();
    event.close();
    expect(openDescriptors()).toEqual(before);
  });

  it('watches what is watched already, and survives its being closed under the watch', async () => {
    const event = keep(new EventDescriptor());
    const [one, other] = [0, 0].map(() => keep(watchDescriptor(event.fileno(), () => {})));
    one!.close();
    event.close();
    const next = keep(new EventDescriptor());
    next.signal();
    await new Promise<void>((resolve) => {
      keep(watchDescriptor(next.fileno(), () => next.drain() && resolve()));
    });
    other!.close();
    expect(next.drain()).toBe(false);
  });

  it('refuses what cannot be watched', () => {
    const file = openSync(fileURLToPath(import.meta.url), 'r');
    expect(() => watchDescriptor(file, () => {})).toThrow(
      expect.objectContaining({ code: 'EPERM', syscall: 'uv_poll_init' }),
    );
    closeSync(file);
    expect(() => watchDescriptor(file, () => {})).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    );
    expect(() => watchDescriptor(1.5, () => {})).toThrow('fd to be an integer, got 1.5');
    expect(() => watchDescriptor(-1, () => {})).toThrow('fd to be an integer from 0 up, got -1');
    expect(() => watchDescriptor(0, 'turn' as never)).toThrow(
      'onTurn to be a function, got "turn"',
    );
  });
});

describe('everyTurn', () => {
  it('calls until it is ended, also from inside a call', async () => {
    let turns = 0;
    await new Promise<void>((resolve) => {
      const stop = everyTurn(() => {
        turns += 1;
        if (turns < 3) return;
        stop();
        setImmediate(() => setImmediate(resolve));
      });
      // An unreferenced Immediate alone would let the loop sleep.
      const keepTurning = (): void => {
        if (turns < 3) setImmediate(keepTurning);
      };
      keepTurning();
    });
    expect(turns).toBe(3);
  });
});

describe('the layout guard', () => {
  const flags = uvPoll.flags;
  afterEach(() => {
    uvPoll.flags = flags;
  });

  it('refuses a handle whose flags are not where they should be', () => {
    const event = keep(new EventDescriptor());
    uvPoll.flags = 8;
    expect(() => new UvPollHandle(event.fileno(), 1)).toThrow(NotImplementedError);
    uvPoll.flags = 100_000;
    expect(() => new UvPollHandle(event.fileno(), 1)).toThrow(NotImplementedError);
  });

  it.skipIf(!isMainThread)(
    'makes the main thread use the handle of koffi (only in the main thread)',
    async () => {
      uvPoll.flags = 8;
      const event = keep(new EventDescriptor());
      const handle = openWakeHandle(event.fileno(), 1);
      expect(handle).toBeInstanceOf(KoffiPollHandle);
      await expectWakes(handle, event);
    },
  );
});

describe.each<[string, (fd: number) => WakeHandle]>([
  ['a handle of libuv', (fd) => new UvPollHandle(fd, 1)],
  ['a handle of koffi', (fd) => new KoffiPollHandle(fd, 1)],
])('%s', (_, open) => {
  it.skipIf(!isMainThread)('wakes the loop (only in the main thread)', async () => {
    const event = keep(new EventDescriptor());
    await expectWakes(open(event.fileno()), event);
  });

  it.skipIf(!isMainThread)('refuses a file (only in the main thread)', () => {
    const file = openSync(fileURLToPath(import.meta.url), 'r');
    expect(() => open(file)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    closeSync(file);
    expect(() => open(file)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it.skipIf(!isMainThread)('changes what it waits for (only in the main thread)', async () => {
    const event = keep(new EventDescriptor());
    const handle = open(event.fileno());
    handle.setEvents(0);
    handle.setEvents(2);
    handle.setEvents(3);
    handle.setEvents(1);
    await expectWakes(handle, event);
    handle.setEvents(1);
  });
});

/** Nothing but the handle keeps this from waiting for ever: no other callback is due. */
async function expectWakes(handle: WakeHandle, event: EventDescriptor): Promise<void> {
  handle.unref();
  handle.ref();
  await new Promise<void>((resolve) => {
    const stop = everyTurn(() => {
      if (!event.drain()) return;
      stop();
      resolve();
    });
    event.signal();
  });
  handle.close();
  handle.close();
}
