import { describe, expect, it } from 'vitest';
import * as core from '../index.ts';
import { AbstractEventLoop, EventLoop, newEventLoop, NotImplementedError, run } from '../index.ts';

const PLAIN = [
  'stop',
  'isRunning',
  'isClosed',
  'close',
  'callSoon',
  'callSoonThreadsafe',
  'callLater',
  'callAt',
  'time',
  'createFuture',
  'createTask',
  'setTaskFactory',
  'getTaskFactory',
  'runInExecutor',
  'setDefaultExecutor',
  'addSignalHandler',
  'removeSignalHandler',
  'setExceptionHandler',
  'getExceptionHandler',
  'defaultExceptionHandler',
  'callExceptionHandler',
  'getDebug',
  'setDebug',
];
const REJECTING = [
  'runForever',
  'runUntilComplete',
  'shutdownAsyncgens',
  'shutdownDefaultExecutor',
  'subprocessExec',
  'subprocessShell',
];

class Bare extends AbstractEventLoop {}
type Methods = Record<string, (...args: unknown[]) => unknown>;

describe('AbstractEventLoop', () => {
  it.each(PLAIN)('CLS-001 CLS-002 CLS-003 has %s(), which throws NotImplementedError', (name) => {
    const bare = new Bare() as unknown as Methods;
    expect(() => bare[name]!(() => {})).toThrow(NotImplementedError);
    expect(() => bare[name]!(() => {})).toThrow(`${name}()`);
  });

  it.each(REJECTING)('CLS-001 CLS-002 CLS-003 has %s(), which rejects', async (name) => {
    const bare = new Bare() as unknown as Methods;
    await expect(bare[name]!() as Promise<unknown>).rejects.toThrow(NotImplementedError);
  });

  it('CLS-006 CLS-007 is the base of every loop here', async () => {
    using loop = newEventLoop();
    expect(loop).toBeInstanceOf(AbstractEventLoop);
    expect(loop.constructor).toBe(EventLoop);
    const inside = await run(async () => core.getRunningLoop() instanceof AbstractEventLoop, {
      loopFactory: () => new EventLoop(),
    });
    expect(inside).toBe(true);
  });

  it('CLS-007 says which package has a method that is missing', async () => {
    using loop = new EventLoop();
    const missing = loop as unknown as Methods;
    await expect(missing['createServer']!() as Promise<unknown>).rejects.toThrow(
      "loop.createServer() is in @loop/net: install it and import '@loop/net' before calling",
    );
    expect(() => missing['addSignalHandler']!()).toThrow(/@loop\/signals/);
    expect(() => missing['runInExecutor']!()).toThrow(/@loop\/executor/);
    await expect(missing['subprocessExec']!() as Promise<unknown>).rejects.toThrow(
      /@loop\/subprocess/,
    );
  });

  it('CLS-005 brings no completion-based loop by itself: that is @loop/net', () => {
    expect(Object.keys(core)).not.toContain('ProactorEventLoop');
    expect(Object.keys(core)).not.toContain('SelectorEventLoop');
  });
});
