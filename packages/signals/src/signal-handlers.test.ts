import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { EventLoop, ContextVar, NotImplementedError, RuntimeError, ValueError } from '@loop/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '@loop/signals';

describe('addSignalHandler', () => {
  let loop: EventLoop;

  beforeEach(() => {
    loop = new EventLoop();
  });

  afterEach(() => {
    loop.close();
  });

  it.each(['SIGUSR2', constants.signals.SIGUSR2] as const)(
    'SIG-001 runs the callback with its arguments as a callback of the loop (%s)',
    async (signal) => {
      const got: unknown[] = [];
      loop.addSignalHandler(
        signal,
        (a: string, b: number) => {
          got.push(a, b);
          loop.stop();
        },
        'x',
        1,
      );
      loop.callSoon(() => process.kill(process.pid, 'SIGUSR2'));
      await loop.runForever();
      expect(got).toEqual(['x', 1]);
    },
  );

  it('SIG-002 queues the callback behind those that wait, and never runs it inside the delivery', async () => {
    const trace: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => {
      trace.push('signal');
      loop.stop();
    });
    loop.callSoon(() => {
      process.emit('SIGUSR2', 'SIGUSR2');
      trace.push('sent');
      loop.callSoon(() => trace.push('soon'));
    });
    loop.callSoon(() => trace.push('queued before'));
    await loop.runForever();
    expect(trace).toEqual(['sent', 'queued before', 'signal', 'soon']);
  });

  it("runs the callback in the scope of another library's AsyncLocalStorage where it was added", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    storage.run('mine', () =>
      loop.addSignalHandler('SIGUSR2', () => {
        seen.push(storage.getStore());
        loop.stop();
      }),
    );
    storage.run('other', () => process.kill(process.pid, 'SIGUSR2'));
    await loop.runForever();
    expect(seen).toEqual(['mine']);
  });

  it('SIG-003 wakes a loop that waits for a distant timer', async () => {
    loop.addSignalHandler('SIGUSR2', () => loop.stop());
    const distant = loop.callLater(3600, () => {});
    setImmediate(() => process.kill(process.pid, 'SIGUSR2'));
    await loop.runForever();
    expect(distant.cancelled()).toBe(false);
  });

  it('SIG-004 handles in the next run what arrives while the loop does not run', async () => {
    const trace: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => {
      trace.push('signal');
      loop.stop();
    });
    const delivered = new Promise((resolve) => process.once('SIGUSR2', resolve));
    process.kill(process.pid, 'SIGUSR2');
    await delivered;
    expect(trace).toEqual([]);
    await loop.runForever();
    expect(trace).toEqual(['signal']);
  });

  it('SIG-005 stays installed after it ran', async () => {
    let count = 0;
    loop.addSignalHandler('SIGUSR2', () => {
      count += 1;
      if (count === 3) loop.stop();
      else process.kill(process.pid, 'SIGUSR2');
    });
    process.kill(process.pid, 'SIGUSR2');
    await loop.runForever();
    expect(count).toBe(3);
  });

  it.each([0, -1, 65, 100000])('SIG-006 refuses the number %s', (number) => {
    expect(() => loop.addSignalHandler(number, () => {})).toThrow(ValueError);
    expect(() => loop.addSignalHandler(number, () => {})).toThrow(`signal number ${number}`);
    expect(() => loop.removeSignalHandler(number)).toThrow(ValueError);
  });

  it('SIG-006 refuses unknown names and other types', () => {
    expect(() => loop.addSignalHandler('SIGNOPE' as never, () => {})).toThrow(ValueError);
    for (const wrong of [1.5, null, undefined, {}, true]) {
      expect(() => loop.addSignalHandler(wrong as never, () => {})).toThrow(TypeError);
      expect(() => loop.removeSignalHandler(wrong as never)).toThrow(/sig must be an int/);
    }
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('SIG-007 refuses %s, which cannot be caught', (name) => {
    expect(() => loop.addSignalHandler(name, () => {})).toThrow(ValueError);
    expect(() => loop.addSignalHandler(constants.signals[name], () => {})).toThrow(
      'cannot be caught',
    );
    expect(loop.removeSignalHandler(name)).toBe(false);
  });

  it('SIG-009 refuses coroutines in any mode, and closed loops', () => {
    expect(() => loop.addSignalHandler('SIGUSR2', async () => {})).toThrow(
      'coroutines cannot be used with addSignalHandler()',
    );
    expect(() => loop.addSignalHandler('SIGUSR2', function* () {})).toThrow(TypeError);
    expect(() => loop.addSignalHandler('SIGUSR2', 5 as never)).toThrow(
      'a callable object was expected by addSignalHandler(), got 5',
    );
    const closed = new EventLoop();
    closed.close();
    expect(() => closed.addSignalHandler('SIGUSR2', () => {})).toThrow(RuntimeError);
    expect(() => closed.addSignalHandler('SIGUSR2', () => {})).toThrow('Event loop is closed');
  });

  it('SIG-010 replaces the first registration by the second', async () => {
    const trace: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => trace.push('first'));
    loop.addSignalHandler('SIGUSR2', () => {
      trace.push('second');
      loop.stop();
    });
    process.kill(process.pid, 'SIGUSR2');
    await loop.runForever();
    expect(trace).toEqual(['second']);
  });

  it('SIG-011 says whether there was a handler to remove', () => {
    loop.addSignalHandler('SIGUSR2', () => {});
    expect(loop.removeSignalHandler(constants.signals.SIGUSR2)).toBe(true);
    expect(loop.removeSignalHandler('SIGUSR2')).toBe(false);
  });

  it('SIG-012 leaves the listeners of others as they were', () => {
    const own = (): void => {};
    process.on('SIGUSR2', own);
    loop.addSignalHandler('SIGUSR2', () => {});
    expect(process.listenerCount('SIGUSR2')).toBe(2);
    loop.removeSignalHandler('SIGUSR2');
    expect(process.listeners('SIGUSR2')).toEqual([own]);
    process.removeListener('SIGUSR2', own);
  });

  it('SIG-013 removes every handler when the loop closes', () => {
    const closing = new EventLoop();
    closing.addSignalHandler('SIGUSR2', () => {});
    closing.addSignalHandler('SIGHUP', () => {});
    closing.close();
    expect(process.listenerCount('SIGUSR2') + process.listenerCount('SIGHUP')).toBe(0);
  });

  it('SIG-014 reports a callback that throws, and stays', async () => {
    const messages: unknown[] = [];
    loop.setExceptionHandler((_, context) => messages.push(context.message));
    let count = 0;
    loop.addSignalHandler('SIGUSR2', () => {
      count += 1;
      if (count === 2) loop.stop();
      process.kill(process.pid, 'SIGUSR2');
      throw new Error('bad handler');
    });
    process.kill(process.pid, 'SIGUSR2');
    await loop.runForever();
    loop.removeSignalHandler('SIGUSR2');
    expect(count).toBe(2);
    expect(messages[0]).toContain('Exception in callback');
  });

  it('SIG-016 is not implemented on Windows', () => {
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(() => loop.addSignalHandler('SIGINT', () => {})).toThrow(NotImplementedError);
    expect(() => loop.removeSignalHandler('SIGINT')).toThrow(NotImplementedError);
    Object.defineProperty(process, 'platform', { value: platform });
  });

  it('SIG-015 is not triggered by signals to a child process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const exited = once(child, 'exit');
    let count = 0;
    loop.addSignalHandler('SIGUSR2', () => (count += 1));
    await once(child, 'spawn');
    child.kill('SIGUSR2');
    await exited;
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect(count).toBe(0);
  });

  it('CTX-014 runs the callback in a copy of the context of the registration', async () => {
    const variable = new ContextVar<string>('variable');
    const got: string[] = [];
    const before = variable.set('registered');
    loop.addSignalHandler('SIGUSR2', () => {
      got.push(variable.get());
      loop.stop();
    });
    variable.reset(before);
    process.kill(process.pid, 'SIGUSR2');
    await loop.runForever();
    expect(got).toEqual(['registered']);
  });
});
