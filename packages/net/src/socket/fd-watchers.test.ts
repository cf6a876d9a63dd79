import { execFile } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  AbstractEventLoop,
  EventLoop,
  NotImplementedError,
  RuntimeError,
  ValueError,
} from '@loop/core';
import { OSError, SelectorEventLoop, socketpair, type Socket } from '@loop/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selectorBackend } from '../backend/selector-backend.ts';
import { selectorLoops } from '../../test/backends.ts';
import { selectors } from '../../test/selectors.ts';

const execute = promisify(execFile);

describe.each(selectorLoops)('watching descriptors with %s', (name, makeLoop) => {
  let loop: EventLoop;
  let near: Socket;
  let far: Socket;

  beforeEach(() => {
    loop = makeLoop();
    [near, far] = socketpair();
  });

  afterEach(() => {
    near.close();
    far.close();
    loop.close();
  });

  /** Runs until `stop()`; an end by itself would be a test that hangs. */
  const running = (): Promise<void> => loop.runForever();

  it('FD-001 calls back with the arguments when the descriptor is readable, and when writable', async () => {
    const trace: unknown[] = [];
    loop.addReader(
      near,
      (...args: unknown[]) => {
        trace.push('readable', ...args, near.recv(100).toString());
        loop.removeReader(near);
        loop.addWriter(
          near,
          (word: string) => {
            trace.push(word);
            loop.removeWriter(near);
            loop.stop();
          },
          'writable',
        );
      },
      1,
      'two',
    );
    loop.callSoon(() => far.send(Buffer.from('abc')));
    await running();
    expect(trace).toEqual(['readable', 1, 'two', 'abc', 'writable']);
  });

  it('FD-002 replaces an earlier callback, which does not run even if it is queued', async () => {
    const trace: string[] = [];
    far.send(Buffer.from('x'));
    loop.addReader(near, () => trace.push('first'));
    loop.addWriter(near, () => {});
    loop.addReader(near, () => {
      trace.push('second');
      loop.stop();
    });
    await running();
    expect(trace).toEqual(['second']);
  });

  it('FD-003 says whether there was something to remove', () => {
    expect([loop.removeReader(near), loop.removeWriter(near)]).toEqual([false, false]);
    loop.addReader(near, () => {});
    expect([loop.removeWriter(near), loop.removeReader(near), loop.removeReader(near)]).toEqual([
      false,
      true,
      false,
    ]);
    loop.addWriter(near, () => {});
    expect([loop.removeWriter(near), loop.removeWriter(near)]).toEqual([true, false]);
  });

  it('FD-004 takes numbers and objects for the same registration', () => {
    expect(loop.addReader(near, () => {})).toBeUndefined();
    expect(loop.removeReader(near.fileno())).toBe(true);
    loop.addReader(near.fileno(), () => {});
    expect(loop.removeReader({ fileno: () => near.fileno() })).toBe(true);
    loop.addWriter({ fd: near.fileno() }, () => {});
    expect(loop.removeWriter(near)).toBe(true);
  });

  it('FD-005 refuses what is no descriptor', () => {
    const calls = [
      (fd: never) => loop.addReader(fd, () => {}),
      (fd: never) => loop.addWriter(fd, () => {}),
      (fd: never) => loop.removeReader(fd),
      (fd: never) => loop.removeWriter(fd),
    ];
    const [closed, other] = socketpair();
    closed.close();
    other.close();
    for (const call of calls) {
      expect(() => call('x' as never)).toThrow(ValueError);
      expect(() => call('x' as never)).toThrow('Invalid file object: "x"');
      expect(() => call({} as never)).toThrow('Invalid file object');
      expect(() => call(-1 as never)).toThrow('Invalid file descriptor: -1');
      expect(() => call(closed as never)).toThrow('Invalid file descriptor: -1');
    }
    expect(() => loop.addReader(near, 5 as never)).toThrow(TypeError);
  });

  it('FD-006 calls again in each iteration as long as the condition holds', async () => {
    far.send(Buffer.from('abc'));
    const trace: string[] = [];
    loop.addReader(near, () => {
      trace.push(near.recv(1).toString());
      if (trace.length === 3) loop.stop();
    });
    await running();
    expect(trace).toEqual(['a', 'b', 'c']);
  });

  it('FD-007 serves the reader before the writer, and keeps the other when one is removed', async () => {
    const trace: string[] = [];
    far.send(Buffer.from('x'));
    loop.addWriter(near, () => {
      trace.push('writer');
      if (trace.length >= 4) loop.stop();
    });
    loop.addReader(near, () => {
      trace.push('reader');
      loop.removeReader(near);
    });
    await running();
    expect(trace).toEqual(['reader', 'writer', 'writer', 'writer']);
  });

  it('FD-008 stops a callback that is queued already when its watch is removed', async () => {
    const trace: string[] = [];
    far.send(Buffer.from('x'));
    loop.addReader(near, () => {
      trace.push('reader');
      loop.removeWriter(near);
      loop.callSoon(() => loop.stop());
      loop.removeReader(near);
    });
    loop.addWriter(near, () => trace.push('writer'));
    await running();
    expect(trace).toEqual(['reader']);
  });

  it('FD-009 counts a hang-up as readable, and an error as writable', async () => {
    far.close();
    const seen: unknown[] = [];
    loop.addReader(near, () => {
      seen.push(near.recv(10).length);
      loop.removeReader(near);
      loop.addWriter(near, () => {
        try {
          near.send(Buffer.from('x'));
        } catch (error) {
          seen.push((error as OSError).code);
        }
        loop.removeWriter(near);
        loop.stop();
      });
    });
    await running();
    expect(seen).toEqual([0, 'EPIPE']);
  });

  it('FD-010 reports a callback that throws, and keeps the watch', async () => {
    const messages: unknown[] = [];
    loop.setExceptionHandler((__, context) => messages.push(context.message));
    far.send(Buffer.from('ab'));
    loop.addReader(near, () => {
      if (near.recv(1).toString() === 'b') loop.stop();
      throw new Error('bad reader');
    });
    await running();
    expect(messages).toHaveLength(2);
    expect(messages[0]).toContain('Exception in callback');
  });

  it('FD-011 refuses a descriptor that a transport uses, unless it is closing', () => {
    let closing = false;
    const owner = { isClosing: () => closing, toString: () => '<Transport>' };
    const fd = near.fileno();
    selectorBackend(loop).claim(fd, owner);
    for (const target of [near, fd]) {
      const calls = [
        () => loop.addReader(target, () => {}),
        () => loop.addWriter(target, () => {}),
        () => loop.removeReader(target),
        () => loop.removeWriter(target),
      ];
      for (const call of calls) {
        expect(call).toThrow(RuntimeError);
        expect(call).toThrow(`File descriptor ${fd} is used by transport <Transport>`);
      }
    }
    closing = true;
    expect(loop.removeReader(near)).toBe(false);
  });

  it('FD-012 refuses to add on a closed loop, removes nothing there, and drops the watches', () => {
    loop.addReader(near, () => {});
    loop.close();
    expect(() => loop.addReader(near, () => {})).toThrow('Event loop is closed');
    expect(() => loop.addWriter(near, () => {})).toThrow(RuntimeError);
    expect([loop.removeReader(near), loop.removeWriter(near)]).toEqual([false, false]);
  });

  it('FD-013 fails with EBADF for a descriptor that is not open', () => {
    // Far beyond the numbers that the loop's own descriptors take.
    expect(() => loop.addReader(99_999, () => {})).toThrow(OSError);
    expect(() => loop.addReader(99_999, () => {})).toThrow(/EBADF/);
    expect(() => loop.addWriter(99_999, () => {})).toThrow(/EBADF/);
  });

  it('FD-014 passes positional arguments on; a closure does for the rest', async () => {
    far.send(Buffer.from('x'));
    const option = 'closed over';
    const got: string[] = [];
    loop.addReader(
      near,
      (given: string) => {
        got.push(given, option);
        loop.stop();
      },
      'given',
    );
    await running();
    expect(got).toEqual(['given', 'closed over']);
  });

  it('watches a number that is used again, though the old watch was never removed', async () => {
    const trace: string[] = [];
    const number = near.fileno();
    loop.addReader(near, () => trace.push('old'));
    near.close();
    far.close();
    [near, far] = socketpair();
    // The lowest free numbers are taken first.
    expect([near.fileno(), far.fileno()]).toContain(number);
    if (near.fileno() !== number) [near, far] = [far, near];
    loop.addReader(near, () => {
      trace.push('new');
      loop.stop();
    });
    far.send(Buffer.from('x'));
    await running();
    expect(trace).toEqual(['new']);
    expect(loop.removeReader(near)).toBe(true);
  });

  it('sleeps while it does not run, though a watched descriptor is ready', async () => {
    const file = new URL('../../test/fixtures/rests-while-stopped.ts', import.meta.url).pathname;
    const flags = ['--import', 'tsx', '--conditions=@loop/source'];
    const { stdout } = await execute(process.execPath, [...flags, file, name]);
    // A loop that spins makes some thousands.
    expect(Number(stdout)).toBeLessThan(20);
  });

  it('wakes an idle loop, and lets timers pass meanwhile', async () => {
    const trace: string[] = [];
    loop.addReader(near, () => {
      trace.push('reader');
      loop.stop();
    });
    loop.callLater(0.001, () => {
      trace.push('timer');
      far.send(Buffer.from('x'));
    });
    await running();
    expect(trace).toEqual(['timer', 'reader']);
  });

  it('is woken by timers of less than a millisecond, in order', async () => {
    const trace: number[] = [];
    loop.addReader(near, () => {});
    const now = loop.time();
    for (const delay of [0.0005, 0.0001, 0.0003]) {
      loop.callAt(now + delay, () => trace.push(delay));
    }
    loop.callAt(now + 0.001, () => loop.stop());
    await running();
    expect(trace).toEqual([0.0001, 0.0003, 0.0005]);
  });
});

describe('a regular file', () => {
  it.runIf(process.platform === 'linux')('FD-013 cannot be watched: EPERM', () => {
    using loop = new SelectorEventLoop();
    const folder = mkdtempSync(join(tmpdir(), 'loop-fd-'));
    const path = join(folder, 'file');
    writeFileSync(path, 'x');
    const fd = openSync(path, 'r');
    try {
      expect(() => loop.addReader(fd, () => {})).toThrow(/EPERM/);
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('loop classes', () => {
  it('SEL-001 SEL-012 CLS-004 CLS-006 gives a plain loop the best selector when it first needs one', async () => {
    for (const loop of [new EventLoop(), new SelectorEventLoop()]) {
      const [near, far] = socketpair();
      loop.addReader(near, () => loop.stop());
      far.send(Buffer.from('x'));
      await loop.runForever();
      expect(loop).toBeInstanceOf(EventLoop);
      near.close();
      far.close();
      loop.close();
    }
  });

  it('SEL-004 closes the selector with the loop, used or not', () => {
    for (const use of [true, false]) {
      const [, make] = selectors[0] ?? [];
      const selector = make!();
      const loop = new SelectorEventLoop(selector);
      const [near, far] = socketpair();
      if (use) loop.addReader(near, () => {});
      loop.close();
      expect(selector.getMap()).toBeNull();
      near.close();
      far.close();
    }
  });

  it('FD-015 SEL-014 CLS-003 throws NotImplementedError from an abstract loop', async () => {
    class Bare extends AbstractEventLoop {}
    const bare = new Bare() as unknown as EventLoop;
    expect(() => bare.addReader(0, () => {})).toThrow(NotImplementedError);
    expect(() => bare.removeWriter(0)).toThrow(NotImplementedError);
    await expect(bare.sockRecv(null as never, 1)).rejects.toThrow(NotImplementedError);
  });

  it('refuses a selector that is none', () => {
    expect(() => new SelectorEventLoop(5 as never)).toThrow('Expected selector to be a Selector');
  });
});
