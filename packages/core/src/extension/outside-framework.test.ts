import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import {
  EventLoop,
  getRunningLoop,
  isRegistered,
  registerExtension,
  Runner,
  sleep,
} from '@loop/core';
import { calls } from '../../test/fixtures/outside-framework/index.ts';

let near: MessagePort;
let far: MessagePort;
let trace: string[];

beforeEach(() => {
  ({ port1: near, port2: far } = new MessageChannel());
  trace = [];
  calls.length = 0;
});

afterEach(() => {
  near.close();
});

describe('a framework of somebody else', () => {
  it('has its events served in their place, whether the loop is busy or waits', async () => {
    using loop = new EventLoop();
    const idle = (): void => {
      trace.push('timer');
      setImmediate(() => far.postMessage('last'));
    };
    loop.listen<string>(near, (message) => {
      trace.push(message, `${getRunningLoop() === loop}`);
      if (message === 'second') loop.callLater(0.001, idle);
      if (message === 'last') loop.stop();
    });
    far.postMessage('first');
    loop.callSoon(() => {
      trace.push('callback');
      far.postMessage('second');
    });
    await loop.runForever();
    expect(trace).toEqual(['callback', 'first', 'true', 'second', 'true', 'timer', 'last', 'true']);
  });

  it('loses no event, keeps their order, and stops when its handle is cancelled', async () => {
    using loop = new EventLoop();
    const handle = loop.listen<number>(near, (message) => {
      trace.push(`${message}`);
      if (message === 400) handle.cancel();
    });
    await loop.runUntilComplete(async () => {
      for (let message = 1; message <= 500; message += 1) {
        far.postMessage(message);
        if (message % 50 === 0) await sleep(0.001);
      }
    });
    expect(trace).toEqual(Array.from({ length: 400 }, (_, i) => `${i + 1}`));
  });

  it('has the errors of its callbacks reported, and goes on', async () => {
    using loop = new EventLoop();
    loop.setExceptionHandler((_, { exception }) => void trace.push(String(exception)));
    loop.listen<string>(near, (message) => {
      if (message === 'last') loop.stop();
      else throw new Error(message);
    });
    for (const message of ['first', 'second', 'last']) far.postMessage(message);
    await loop.runForever();
    expect(trace).toEqual(['Error: first', 'Error: second']);
  });

  it('runs around main, and is closed with the loop, before its poller', async () => {
    const runner = new Runner();
    const got = await runner.run(
      async () =>
        await new Promise((resolve) => {
          getRunningLoop().listen(near, resolve);
          far.postMessage('message');
        }),
    );
    expect(got).toBe('message');
    expect(calls).toEqual([expect.stringMatching(/^before Task-\d+$/), 'after']);
    await runner.close();
    expect(calls.slice(2)).toEqual(['closed', 'poller closed']);
  });

  it('gives no poller to loops that do without it', () => {
    new EventLoop().close();
    expect(calls).toEqual(['closed']);
  });

  it('cannot be loaded twice, nor can another package bring its method', () => {
    expect(isRegistered('outside-framework')).toBe(true);
    expect(() => registerExtension({ name: 'outside-framework' })).toThrow(
      'outside-framework is registered already: two copies of the package are loaded, or two versions. `npm ls outside-framework` shows where they come from.',
    );
    expect(() => registerExtension({ name: 'rival', methods: { listen: () => {} } })).toThrow(
      'rival brings a method listen() that loops have already',
    );
    expect(isRegistered('rival')).toBe(false);
  });
});

describe('registerExtension', () => {
  const valid = { name: 'refused' };

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'Expected extension to be an object, got undefined'],
    ['no name', {}, 'Expected extension.name to be a package name, got undefined'],
    ['a name that is none', { name: 5 }, 'Expected extension.name to be a package name, got 5'],
    [
      'a hook that is no function',
      { ...valid, attach: 5 },
      'Expected attach of refused to be a function, got 5',
    ],
    [
      'another hook that is no function',
      { ...valid, close: 'now' },
      'Expected close of refused to be a function, got "now"',
    ],
    [
      'a method that is no function',
      { ...valid, methods: { greet: null } },
      'Expected method greet of refused to be a function, got null',
    ],
  ])('refuses %s, and registers nothing', (_, extension, message) => {
    expect(() => registerExtension(extension as never)).toThrow(new TypeError(message));
    expect(isRegistered('refused')).toBe(false);
  });

  it.each(['runForever', 'toString', 'constructor', '_enqueue'])(
    'refuses to replace %s()',
    (method) => {
      const extension = { ...valid, methods: { [method]: () => {} } };
      expect(() => registerExtension(extension)).toThrow(
        `refused brings a method ${method}() that loops have already`,
      );
    },
  );
});
