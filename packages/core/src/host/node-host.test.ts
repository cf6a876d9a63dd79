import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoop } from '../loop/event-loop.ts';
import type { Host, StoredScope } from './host.ts';
import { createNodeHost, isNodeLike } from './node-host.ts';

let host: Host;
let trace: string[];

beforeEach(() => {
  host = createNodeHost();
  trace = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const scope: StoredScope = { _scope: true };
const log = (text: string) => (): void => void trace.push(text);
/** Waits for a function of the host's to be called. */
const called = (by: (fn: () => void) => unknown): Promise<void> =>
  new Promise((resolve) => void by(resolve));

describe('the host of Node', () => {
  it('is for runtimes that have built-in modules and setImmediate()', () => {
    expect(isNodeLike()).toBe(true);
    vi.stubGlobal('setImmediate', undefined);
    expect(isNodeLike()).toBe(false);
    vi.unstubAllGlobals();
    vi.stubGlobal('process', { getBuiltinModule: undefined });
    expect(isNodeLike()).toBe(false);
  });

  it('runs macrotasks in order, each in a turn of its own, behind microtasks', async () => {
    host.macrotask(() => {
      log('first')();
      queueMicrotask(log('microtask of the first'));
      host.macrotask(log('third'));
    });
    host.macrotask(log('second'));
    queueMicrotask(log('microtask'));
    await called((fn) => host.macrotask(() => host.macrotask(fn)));
    expect(trace).toEqual(['microtask', 'first', 'microtask of the first', 'second', 'third']);
  });

  it('runs quiet() once no microtask and no tick is left', async () => {
    host.quiet(log('quiet'));
    queueMicrotask(() => {
      queueMicrotask(() => {
        queueMicrotask(log('microtask'));
      });
    });
    process.nextTick(log('tick'));
    setImmediate(log('macrotask'));
    await called((fn) => setImmediate(fn));
    expect(trace.slice(2)).toEqual(['quiet', 'macrotask']);
  });

  it('drain() runs every microtask and tick, and those that they queue', async ({ skip }) => {
    skip(host.drain === undefined, 'needs a drain');
    await called((fn) => host.macrotask(fn));
    await called((fn) =>
      setImmediate(() => {
        queueMicrotask(() => queueMicrotask(log('microtask')));
        process.nextTick(() => queueMicrotask(log('of a tick')));
        host.drain?.();
        log('drained')();
        fn();
      }),
    );
    expect(trace.slice(2)).toEqual(['drained']);
  });

  it.each([
    ['is missing', undefined],
    ['does something else', () => {}],
  ])('has no drain() where what it is made of %s, and loops run all the same', async (_, tick) => {
    vi.spyOn(
      process as unknown as { _tickCallback: unknown },
      '_tickCallback',
      'get',
    ).mockReturnValue(tick);
    const without = createNodeHost();
    using loop = new EventLoop({ host: without });
    await loop.runUntilComplete(async () => {
      loop.callSoon(log('behind the step'));
      await Promise.resolve();
      log('step')();
      await loop.createTask(async () => log('task')());
    });
    expect(without.drain).toBeUndefined();
    expect(trace).toEqual(['step', 'behind the step', 'task']);
  });

  it('runs timers when they are due, and never before', async () => {
    for (const delay of [0.002, 0.0004, 0, -1]) {
      const due = host.now() + delay;
      await called((fn) => host.timer(due, fn));
      expect(host.now()).toBeGreaterThanOrEqual(due);
    }
  });

  it('does not run a cancelled timer, nor one whose delay overflows', async () => {
    host.timer(host.now() + 0.001, log('cancelled')).cancel();
    const far = host.timer(host.now() + 2 ** 31, log('too early'));
    await called((fn) => host.timer(host.now() + 0.003, fn));
    far.cancel();
    expect(trace).toEqual([]);
  });

  it('runs what it is given outside of any scope', async () => {
    const seen: unknown[] = [];
    const { storage } = host;
    const look = (next: () => void) => (): void => {
      seen.push(storage.get());
      next();
    };
    await storage.run(scope, async () => {
      expect(storage.get()).toBe(scope);
      await called((fn) => host.macrotask(look(fn)));
      await called((fn) => host.timer(host.now(), look(fn)));
      expect(storage.get()).toBe(scope);
    });
    expect(seen).toEqual([undefined, undefined]);
    expect(storage.get()).toBeUndefined();
  });

  it('carries the scope across awaits, and keeps scopes apart', async () => {
    const other: StoredScope = { _scope: true };
    const { storage } = host;
    const look = async (): Promise<unknown> => {
      await Promise.resolve();
      await called((fn) => setImmediate(fn));
      return storage.get();
    };
    const seen = await Promise.all([storage.run(scope, look), storage.run(other, look), look()]);
    expect(seen[0]).toBe(scope);
    expect(seen[1]).toBe(other);
    expect(seen[2]).toBeUndefined();
  });

  it('reads the environment', () => {
    vi.stubEnv('LOOP_TEST_VARIABLE', 'value');
    expect(host.env('LOOP_TEST_VARIABLE')).toBe('value');
    vi.unstubAllEnvs();
    expect(host.env('LOOP_TEST_VARIABLE')).toBeUndefined();
  });
});
