import { afterEach, describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { EventLoop, registerExtension, run, Runner, sleep } from '../index.ts';

const trace: string[] = [];
/** What the hooks throw, by name; nothing by default. */
const failures = new Map<string, Error>();

function hook(name: string): void {
  trace.push(name);
  const failure = failures.get(name);
  if (failure !== undefined) throw failure;
}

for (const name of ['first', 'second']) {
  registerExtension({
    name: `hooks-${name}`,
    attach: () => hook(`attach ${name}`),
    async aroundRun(_runner, body) {
      hook(`enter ${name}`);
      const result = await body();
      hook(`leave ${name}`);
      return result;
    },
    *shutdownDefaultExecutor(_loop, timeout) {
      hook(`shut down ${name} ${timeout}`);
      yield* sleep(0);
      hook(`shut down ${name}: done`);
    },
    close: () => hook(`close ${name}`),
  });
}

afterEach(() => {
  trace.length = 0;
  failures.clear();
});

describe('the hooks of extensions', () => {
  it('run in the order of registration; around a run and at the close, the last one first', async () => {
    const result = await run(async () => {
      trace.push('main');
      return 5;
    });
    expect(result).toBe(5);
    expect(trace).toEqual([
      'attach first',
      'attach second',
      'enter second',
      'enter first',
      'main',
      'leave first',
      'leave second',
      'shut down first 300',
      'shut down first: done',
      'shut down second 300',
      'shut down second: done',
      'close second',
      'close first',
    ]);
  });

  it('wait for the default executor as long as the caller says', async () => {
    using loop = new EventLoop();
    trace.length = 0;
    await loop.runUntilComplete(async () => {
      await loop.shutdownDefaultExecutor();
      await loop.shutdownDefaultExecutor(2.5);
    });
    expect(trace.filter((line) => !line.endsWith('done'))).toEqual([
      'shut down first null',
      'shut down second null',
      'shut down first 2.5',
      'shut down second 2.5',
    ]);
  });

  it.each([
    ['a text', 'soon', '"soon"'],
    ['NaN', NaN, 'NaN'],
  ])('are not called for %s as a timeout', async (_, timeout, text) => {
    using loop = new EventLoop();
    trace.length = 0;
    const refused = loop.runUntilComplete(() => loop.shutdownDefaultExecutor(timeout as never));
    expect(await errorOf(refused)).toEqual(
      new TypeError(`Expected timeout to be a number, got ${text}`),
    );
    expect(trace).toEqual([]);
  });

  it('that fail to attach make no loop', () => {
    failures.set('attach first', new Error('cannot attach'));
    expect(() => new EventLoop()).toThrow('cannot attach');
  });

  it('that fail around a run are what the run rejects with, and the loop is free again', async () => {
    await using runner = new Runner();
    failures.set('enter first', new Error('cannot enter'));
    failures.set('leave second', new Error('cannot leave'));
    const main = async (): Promise<void> => void trace.push('main');
    expect(await errorOf(runner.run(main))).toEqual(new Error('cannot enter'));
    failures.delete('enter first');
    expect(await errorOf(runner.run(main))).toEqual(new Error('cannot leave'));
    failures.clear();
    expect(await runner.run(async () => 'result')).toBe('result');
    expect([runner.mainTask, runner.getLoop().isRunning()]).toEqual([null, false]);
    expect(trace.filter((line) => line === 'main')).toHaveLength(1);
  });

  it('that take their time before a run do not let a second one in', async () => {
    await using runner = new Runner();
    const first = runner.run(async () => 'first');
    expect(String(await errorOf(runner.run(async () => 'second')))).toBe(
      'RuntimeError: This event loop is already running',
    );
    expect(await first).toBe('first');
  });

  it('that fail to close keep neither the others nor the loop from being closed', () => {
    const loop = new EventLoop();
    failures.set('close first', new Error('cannot close the first'));
    failures.set('close second', new Error('cannot close the second'));
    let error: unknown;
    try {
      loop.close();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).toEqual([
      'Error: cannot close the second',
      'Error: cannot close the first',
    ]);
    expect(loop.isClosed()).toBe(true);
    loop.close();
  });
});
