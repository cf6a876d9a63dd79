import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventLoop, type ExceptionContext } from './event-loop.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the default handler writes for `context`. */
function written(context: ExceptionContext): unknown[] {
  using loop = new EventLoop();
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  loop.defaultExceptionHandler(context);
  expect(error).toHaveBeenCalledTimes(1);
  return error.mock.calls[0] as unknown[];
}

describe('the default exception handler', () => {
  it('ERR-013 writes one record: message, keys in order, the error with its stack', () => {
    const exception = new RangeError('what happened');
    const record = written({
      message: 'Something failed',
      transport: 'a transport',
      exception,
      asyncgen: undefined as never,
      other: 5,
    });
    expect(record).toEqual([
      'Something failed\nasyncgen: undefined\nother: 5\ntransport: "a transport"',
      exception,
    ]);
  });

  it.each([undefined, ''])('ERR-013 has a text where the message is %j', (message) => {
    const context = message === undefined ? {} : { message };
    expect(written(context)).toEqual(['Unhandled exception in event loop']);
  });

  it('ERR-014 prints where the object was created', () => {
    const [text] = written({ message: 'm', source_traceback: ['main (a.ts:1)', 'make (b.ts:2)'] });
    expect(text).toBe(
      'm\nsource_traceback: Object created at (most recent call last):\n  at main (a.ts:1)\n  at make (b.ts:2)',
    );
  });

  it('ERR-014 adds where the running handle was created, unless the object says so itself', async () => {
    using loop = new EventLoop({ debug: true });
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    loop.callSoon(() => loop.callExceptionHandler({ message: 'inside' }));
    loop.callSoon(() => loop.callExceptionHandler({ message: 'own', source_traceback: ['x'] }));
    loop.stop();
    await loop.runForever();
    loop.callExceptionHandler({ message: 'outside' });
    const texts = error.mock.calls.map(([text]) => String(text));
    expect(texts[0]).toMatch(
      /^inside\nhandle_traceback: Handle created at \(most recent call last\):\n {2}at /,
    );
    expect(texts[1]).not.toContain('handle_traceback');
    expect(texts[2]).toBe('outside');
  });

  it('ERR-010 reports its own failure, and lets nothing escape', () => {
    class Broken extends EventLoop {
      override defaultExceptionHandler(): void {
        throw new Error('broken default');
      }
    }
    using loop = new Broken();
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    loop.callExceptionHandler({ message: 'm' });
    loop.setExceptionHandler(() => {
      throw new Error('broken custom');
    });
    loop.callExceptionHandler({ message: 'm' });
    expect(error.mock.calls.map(([text]) => text)).toEqual([
      'Exception in default exception handler',
      'Exception in default exception handler while handling an unexpected error in custom exception handler',
    ]);
    expect(error.mock.calls.map(([, reason]) => (reason as Error).message)).toEqual([
      'broken default',
      'broken default',
    ]);
  });
});
