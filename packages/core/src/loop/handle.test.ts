import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { runOnce } from '../../test/run-once.ts';
import { Context } from '../context/context.ts';
import { ContextVar } from '../context/context-var.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import { Handle, TimerHandle } from './handle.ts';

let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const log = (text: string): void => void trace.push(text);
function noop(): void {}

describe.each<[string, () => Handle]>([
  ['a handle', () => loop.callSoon(log, 'called')],
  ['a timer', () => loop.callLater(0, log, 'called')],
])('%s', (_, schedule) => {
  it('CB-025 CB-026 that is cancelled before never runs, and says so', async () => {
    const handle = schedule();
    expect(handle.cancelled()).toBe(false);
    expect(handle.cancel()).toBeUndefined();
    expect(handle.cancelled()).toBe(true);
    await runOnce(loop);
    expect(trace).toEqual([]);
  });

  it('CB-025 CB-026 that is cancelled later or again does nothing but say so', async () => {
    const handle = schedule();
    await runOnce(loop);
    expect([...trace, handle.cancelled()]).toEqual(['called', false]);
    handle.cancel();
    handle.cancel();
    await runOnce(loop);
    expect([...trace, handle.cancelled()]).toEqual(['called', true]);
  });

  it('CB-027 that an earlier callback of its batch cancels does not run', async () => {
    const cancel = loop.callLater(-1, () => handle.cancel());
    const first = loop.callSoon(() => handle.cancel());
    const handle = schedule();
    loop.callSoon(log, 'behind');
    expect([first.cancelled(), cancel.cancelled()]).toEqual([false, false]);
    await runOnce(loop);
    expect(trace).toEqual(['behind']);
  });

  it('CB-029 tells the context it will run in', async () => {
    const variable = new ContextVar('variable', { default: 'outside' });
    const context = new Context();
    context.run(() => variable.set('inside'));
    const given = loop.callSoon({ context }, () => log(variable.get()));
    const timer = loop.callLater({ context }, 0, () => log(variable.get()));
    expect([given.getContext(), timer.getContext()].map((each) => each === context)).toEqual([
      true,
      true,
    ]);
    const copied = context.run(schedule);
    expect(copied.getContext()).not.toBe(context);
    expect(copied.getContext().lookup(variable)).toBe('inside');
    copied.getContext().run(() => variable.set('set from outside'));
    const seen = loop.callSoon(() => log(variable.get()));
    seen.getContext().run(() => variable.set('seen by the callback'));
    await runOnce(loop);
    expect(trace.toSorted()).toEqual(['called', 'inside', 'inside', 'seen by the callback']);
  });
});

describe('a cancelled handle', () => {
  it('CB-028 forgets its callback and arguments', async () => {
    const scheduled = [false, true].flatMap((later) => {
      const callback = (): void => {};
      const argument = { large: true };
      const handle = later
        ? loop.callLater(1, callback as (argument: object) => void, argument)
        : loop.callSoon(callback as (argument: object) => void, argument);
      handle.cancel();
      return [
        { handle, reference: new WeakRef<object>(callback) },
        { handle, reference: new WeakRef<object>(argument) },
      ];
    });
    await collectGarbage();
    expect(scheduled.map(({ reference }) => reference.deref())).toEqual(
      scheduled.map(() => undefined),
    );
    expect(scheduled.every(({ handle }) => handle.cancelled())).toBe(true);
  });

  it('CB-028 keeps a text in debug mode', () => {
    loop.setDebug(true);
    const handle = loop.callSoon(log, 'text');
    handle.cancel();
    expect(handle.toString()).toMatch(/^<Handle cancelled log\("text"\) created at /);
  });
});

describe('TimerHandle', () => {
  it('CB-030 is a Handle, and tells when it is due, also once it is cancelled or has run', async () => {
    const timer = loop.callAt(2.5, noop);
    const cancelled = loop.callLater(3, noop);
    cancelled.cancel();
    expect(timer).toBeInstanceOf(Handle);
    expect([timer.when(), cancelled.when()]).toEqual([2.5, 3]);
    loop.callAt(4, () => loop.stop());
    await loop.runForever();
    expect([timer.when(), cancelled.when()]).toEqual([2.5, 3]);
  });

  it.each([0, -1.5, 1e-300, 123.456, 2 ** 53, Infinity, -Infinity])(
    'CB-030 keeps a due time of %d exactly',
    (when) => {
      expect(loop.callAt(when, noop).when()).toBe(when);
    },
  );

  it('CB-031 equals another of the same time, callback, arguments and state', () => {
    const timer = loop.callAt(1, log, 'a');
    const same = loop.callAt(1, log, 'a');
    const others = [
      loop.callAt(2, log, 'a'),
      loop.callAt(1, log, 'b'),
      loop.callAt(1, noop),
      loop.callSoon(log, 'a'),
      'a foreign type',
      null,
    ];
    expect([timer.equals(timer), timer.equals(same), same.equals(timer)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(others.map((other) => timer.equals(other))).toEqual(others.map(() => false));
    timer.cancel();
    expect([timer.equals(same), same.equals(timer)]).toEqual([false, false]);
    same.cancel();
    expect(timer.equals(same)).toBe(true);
  });

  it('CB-031 compares by time, and refuses what is no timer', () => {
    const timers = [3, 1, 2].map((when) => loop.callAt(when, noop));
    expect(timers.toSorted((a, b) => a.compare(b)).map((timer) => timer.when())).toEqual([1, 2, 3]);
    expect(loop.callAt(1, noop).compare(loop.callAt(1, log, 'a'))).toBe(0);
    expect(() => timers[0]?.compare(5 as never)).toThrow(
      new TypeError('Expected other to be a TimerHandle, got 5'),
    );
  });
});

describe('toString', () => {
  it('CB-032 names the callback, without its arguments', () => {
    expect(loop.callSoon(noop).toString()).toBe('<Handle noop()>');
    expect(loop.callSoon(log, 'secret').toString()).toBe('<Handle log()>');
    expect(loop.callSoon(() => {}).toString()).toBe('<Handle anonymous()>');
    expect(loop.callAt(123, noop).toString()).toBe('<TimerHandle when=123 noop()>');
  });

  it('CB-032 says that it is cancelled', () => {
    const handle = loop.callSoon(noop);
    const timer = loop.callAt(123, noop);
    handle.cancel();
    timer.cancel();
    expect(handle.toString()).toBe('<Handle cancelled>');
    expect(timer.toString()).toBe('<TimerHandle cancelled when=123>');
  });

  it('CB-032 DBG-008 shows the arguments in debug mode, and keeps them when it is cancelled', () => {
    loop.setDebug(true);
    const handle = loop.callSoon(log, 'text');
    const timer = loop.callAt(123, (...args: readonly unknown[]) => noop.call(args), 1, [2], null);
    const here = /handle\.test\.ts:\d+>$/;
    expect(handle.toString()).toMatch(/^<Handle log\("text"\) created at /);
    expect(handle.toString()).toMatch(here);
    expect(timer.toString()).toMatch(
      /^<TimerHandle when=123 anonymous\(1, \[2\], null\) created at /,
    );
    handle.cancel();
    timer.cancel();
    expect(handle.toString()).toMatch(/^<Handle cancelled log\("text"\) created at /);
    expect(handle.toString()).toMatch(here);
    expect(timer.toString()).toMatch(
      /^<TimerHandle cancelled when=123 anonymous\(1, \[2\], null\) created at /,
    );
  });

  it('DBG-009 names the target of a bound function', () => {
    const bound = log.bind(null, 'bound');
    const twice = bound.bind(null);
    expect(loop.callSoon(bound).toString()).toBe('<Handle log()()>');
    expect(loop.callSoon(twice).toString()).toBe('<Handle log()()>');
    loop.setDebug(true);
    const handle = loop.callSoon(bound as (text: string) => void, 'passed');
    expect(handle.toString()).toMatch(/^<Handle log\(\)\("passed"\) created at /);
  });
});

describe('by hand', () => {
  type Make = (parts: Record<string, unknown>) => unknown;
  const makeHandle = Handle as unknown as new (...parts: unknown[]) => Handle;
  const makeTimer = TimerHandle as unknown as new (...parts: unknown[]) => TimerHandle;
  const whole = () => ({ loop, when: 5, callback: log, args: ['called'], context: null });
  const handleOf: Make = (given) => {
    const { loop: on, callback, args, context } = { ...whole(), ...given };
    return new makeHandle(on, callback, args, context);
  };
  const timerOf: Make = (given) => {
    const { loop: on, when, callback, args, context } = { ...whole(), ...given };
    return new makeTimer(on, when, callback, args, context);
  };

  it.each<[string, Make, string, string, unknown[]]>([
    ['a handle', handleOf, 'loop', 'an EventLoop', [undefined, null, 5, 'many', {}, () => {}]],
    ['a handle', handleOf, 'callback', 'a function', [undefined, null, 5, 'many', {}]],
    ['a handle', handleOf, 'args', 'an array', [undefined, null, 5, 'many', {}]],
    ['a handle', handleOf, 'context', 'a Context', [undefined, 5, 'many', {}]],
    ['a timer', timerOf, 'loop', 'an EventLoop', [undefined, null, 5, 'many', {}, () => {}]],
    ['a timer', timerOf, 'when', 'a number', [undefined, null, '5', NaN, 5n, {}]],
    ['a timer', timerOf, 'callback', 'a function', [undefined, null, 5, 'many', {}]],
    ['a timer', timerOf, 'args', 'an array', [undefined, null, 5, 'many', {}]],
    ['a timer', timerOf, 'context', 'a Context', [undefined, 5, 'many', {}]],
  ])('%s is refused: %j', (_, make, name, expected, values) => {
    expect(() => make({})).not.toThrow();
    for (const value of values) {
      expect(() => make({ [name]: value })).toThrow(TypeError);
      expect(() => make({ [name]: value })).toThrow(
        new RegExp(
          `^Expected ${name} to be ${expected}, got .*: handles are made by loop.callSoon\\(\\)`,
        ),
      );
    }
  });
});
