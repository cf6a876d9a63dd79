import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countIterations } from '../../test/count-iterations.ts';
import { installFakePoller } from '../../test/fake-poller.ts';
import { runOnce } from '../../test/run-once.ts';
import { Context } from '../context/context.ts';
import { defaultHost } from '../host/default-host.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import { TimerHandle } from './handle.ts';

let host: VirtualHost;
let loop: EventLoop;
let trace: string[];

beforeEach(() => {
  host = new VirtualHost();
  loop = new EventLoop({ host });
  trace = [];
});

afterEach(() => {
  loop.close();
});

const nothing = (): void => {};
const log = (text: unknown): void => void trace.push(String(text));
/** Notes the time at which it runs. */
const logTime = (text: string): void => log(`${text} at ${loop.time()}`);

/** Runs until the clock has reached `seconds`. */
function runUntil(seconds: number): Promise<void> {
  loop.callAt(seconds, () => loop.stop());
  return loop.runForever();
}

describe('callLater', () => {
  it.each([1, 0.25, 1e-6, 86_400])('CB-013 runs once, %d seconds later', async (delay) => {
    const timer = loop.callLater(delay, logTime, 'called');
    expect(timer).toBeInstanceOf(TimerHandle);
    await runUntil(delay * 4);
    expect(trace).toEqual([`called at ${delay}`]);
  });

  it('CB-013 on the real clock it never runs before its time', async () => {
    const real = new EventLoop();
    const due = real.time() + 0.003;
    let ran = 0;
    real.callLater(0.003, () => {
      ran = real.time();
      real.stop();
    });
    await real.runForever();
    expect(ran).toBeGreaterThanOrEqual(due - defaultHost().resolution);
    real.close();
  });

  it('CB-015 is callAt() with the clock read at the call', async () => {
    host.advance(10);
    const later = loop.callLater(2.5, logTime, 'later');
    host.advance(1);
    const at = loop.callAt(12, logTime, 'at');
    expect([later.when(), at.when()]).toEqual([12.5, 12]);
    await runUntil(13);
    expect(trace).toEqual(['at at 12', 'later at 12.5']);
  });

  it('passes arguments and options on', async () => {
    const context = new Context();
    const join = (...parts: unknown[]): void => log(parts.join(' '));
    expect(loop.callLater({ context }, 1, join, 'a', 1).getContext()).toBe(context);
    expect(loop.callAt({ context }, 2, join, 'b', 2).getContext()).toBe(context);
    loop.callLater(3, join, 'c', 3);
    await runUntil(3.5);
    expect(trace).toEqual(['a 1', 'b 2', 'c 3']);
  });
});

describe('bad times', () => {
  it.each<[string, unknown, string, string]>([
    ['null', null, 'delay must not be None', 'when cannot be None'],
    ['undefined', undefined, 'delay must not be None', 'when cannot be None'],
    ['a text', '1', numberExpected('delay', '"1"'), numberExpected('when', '"1"')],
    ['NaN', NaN, numberExpected('delay', 'NaN'), numberExpected('when', 'NaN')],
    ['a bigint', 1n, numberExpected('delay', '1n'), numberExpected('when', '1n')],
    ['a function', nothing, ...(['delay', 'when'] as const).map(functionGiven)] as never,
  ])('CB-014 %s is refused', (_, time, later, at) => {
    const untyped = loop as unknown as {
      callLater(...args: readonly unknown[]): void;
      callAt(...args: readonly unknown[]): void;
    };
    expect(() => untyped.callLater(time, nothing)).toThrow(new TypeError(later));
    expect(() => untyped.callLater({}, time, nothing)).toThrow(new TypeError(later));
    expect(() => untyped.callAt(time, nothing)).toThrow(new TypeError(at));
    expect(() => untyped.callAt({}, time, nothing)).toThrow(new TypeError(at));
  });

  it('refuses what is no callback, and options that it does not know', () => {
    const untyped = loop as unknown as Record<
      'callLater' | 'callAt',
      (...args: readonly unknown[]) => void
    >;
    for (const method of ['callLater', 'callAt'] as const) {
      expect(() => untyped[method](1)).toThrow(
        new TypeError(`a callable object was expected by ${method}(), got undefined`),
      );
      expect(() => untyped[method](1, 'blah')).toThrow(
        new TypeError(`a callable object was expected by ${method}(), got "blah"`),
      );
      expect(() => untyped[method]({ key: 1 }, 1, nothing)).toThrow(
        new TypeError(`${method}() has no option "key"; it takes context`),
      );
    }
  });

  function numberExpected(name: string, given: string): string {
    return `Expected ${name} to be a number, got ${given}`;
  }

  function functionGiven(name: string): string {
    return numberExpected(name, '[function nothing]');
  }
});

describe('the order of timers', () => {
  it('CB-016 timers of the same time each run once, in any order', async () => {
    for (const name of ['a', 'b', 'c', 'd']) loop.callAt(1, log, name);
    await runUntil(2);
    expect(trace.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('CB-017 is ascending, whatever the order of scheduling', async () => {
    const delays = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);
    for (const delay of delays) loop.callLater(delay, log, delay);
    await runUntil(101);
    expect(trace).toEqual(delays.toSorted((a, b) => a - b).map(String));
  });

  it('CB-017 holds for timers that become due in one iteration', async () => {
    loop.callLater(-1, log, -1);
    loop.callLater(-2, log, -2);
    loop.callLater(0, log, 0);
    await runOnce(loop);
    expect(trace).toEqual(['-2', '-1', '0']);
  });

  it.each([0, -1, -Infinity])(
    'CB-018 a delay of %d is due in the next iteration, behind callSoon()',
    async (delay) => {
      loop.callLater(delay, log, 'timer');
      loop.callSoon(log, 'callback');
      expect(trace).toEqual([]);
      await runOnce(loop);
      expect(trace).toEqual(['callback', 'timer']);
    },
  );

  it('CB-019 callLater(0) from a due timer runs in the iteration after it', async () => {
    const now = countIterations(loop);
    loop.callLater(0, () => {
      log(`${now()}: outer`);
      loop.callLater(0, () => log(`${now()}: inner`));
      loop.callSoon(() => log(`${now()}: callback`));
    });
    await runOnce(loop);
    await runOnce(loop);
    expect(trace).toEqual(['1: outer', '2: callback', '2: inner']);
  });
});

describe('the clock', () => {
  it('CB-020 a timer may run early by the resolution of the clock, and by no more', async () => {
    class Coarse extends VirtualHost {
      override readonly resolution = 0.25;
    }
    const coarse = new EventLoop({ host: new Coarse() });
    coarse.callAt(0.2, log, 'within the resolution');
    coarse.callAt(0.3, log, 'beyond it');
    await runOnce(coarse);
    expect(trace).toEqual(['within the resolution']);
    coarse.close();
  });

  it('CB-021 waits longer than a day without running anything early', async () => {
    const waits: number[] = [];
    class Watched extends VirtualHost {
      override timer(when: number, fn: () => void) {
        waits.push(when - this.now());
        return super.timer(when, fn);
      }
    }
    const patient = new EventLoop({ host: new Watched() });
    patient.callLater(60 * 3600, () => {
      log(`after ${patient.time() / 3600} hours`);
      patient.stop();
    });
    await patient.runForever();
    expect(trace).toEqual(['after 60 hours']);
    expect(waits.map((wait) => wait / 3600)).toEqual([24, 24, 12]);
    patient.close();
  });

  it.each([25 * 24 * 3600, 2 ** 31 / 1000, 1e15])(
    'CB-021 a delay of %d seconds does not overflow the timers of the host',
    async (delay) => {
      const real = new EventLoop();
      real.callLater(delay, log, 'far too early');
      real.callLater(0.003, () => real.stop());
      await real.runForever();
      expect(trace).toEqual([]);
      real.close();
    },
  );

  it('CB-022 an infinite delay never runs, and can be cancelled', async () => {
    const never = loop.callLater(Infinity, log, 'never');
    expect(never.when()).toBe(Infinity);
    await runUntil(1e9);
    never.cancel();
    await runUntil(2e9);
    expect([never.cancelled(), ...trace]).toEqual([true]);
  });

  it('CB-023 very short waits take few iterations: the loop does not spin before a timer', async () => {
    let readings = 0;
    class Counting extends EventLoop {
      override time(): number {
        readings += 1;
        return super.time();
      }
    }
    const real = new Counting();
    const poller = installFakePoller(real);
    await real.runUntilComplete(function* () {
      for (const delay of [1e-2, 1e-4, 1e-6, 1e-8, 1e-10]) {
        const slept = real.createFuture<void>();
        real.callLater(delay, () => slept.setResult());
        yield* slept;
      }
    });
    const polls = poller.calls.filter((call) => call === 'poll').length;
    expect(polls).toBeLessThanOrEqual(20);
    expect(readings).toBeLessThanOrEqual(60);
    real.close();
  });

  it('CB-024 is monotonic, in seconds, and not the time of day', () => {
    const real = new EventLoop();
    const readings = Array.from({ length: 1000 }, () => real.time());
    expect(readings).toEqual(readings.toSorted((a, b) => a - b));
    expect(readings.every(Number.isFinite)).toBe(true);
    const host = defaultHost().now();
    expect(Math.abs(real.time() - host)).toBeLessThan(60);
    real.close();
  });

  it('a timer that is due exactly now runs, also where the clock is too large for its resolution', async () => {
    const late = new EventLoop({ host: new VirtualHost({ start: 1.8e9 }) });
    late.callLater(1, () => late.stop());
    await late.runForever();
    expect(late.time()).toBe(1.8e9 + 1);
    late.close();
  });

  it("is the loop's own where a subclass overrides time()", async () => {
    class Shifted extends EventLoop {
      override time(): number {
        return super.time() + 1000;
      }
    }
    const shifted = new Shifted({ host });
    const timer = shifted.callLater(5, () => shifted.stop());
    expect(timer.when()).toBe(1005);
    await shifted.runForever();
    expect([host.now(), shifted.time()]).toEqual([5, 1005]);
    shifted.close();
  });
});

describe('cancelled timers', () => {
  it('CB-033 do not shorten the wait', async () => {
    const poller = installFakePoller(loop);
    loop.callLater(5, nothing).cancel();
    loop.callLater(10, () => loop.stop());
    await loop.runForever();
    expect(poller.calls).toEqual(['poll', 'arm 10', 'disarm', 'poll']);
  });

  it('CB-033 one that is cancelled while the loop waits for it wakes nothing', async () => {
    const real = new EventLoop();
    const first = real.callLater(0.002, log, 'first');
    real.callLater(0.004, () => real.stop());
    setImmediate(() => first.cancel());
    await real.runForever();
    expect(trace).toEqual([]);
    real.close();
  });

  it('CB-034 leave together once they are more than half, and the others keep their order', async () => {
    const timers = Array.from({ length: 300 }, (_, i) =>
      loop.callLater(((i * 7) % 300) + 1, log, (i * 7) % 300),
    );
    timers.forEach((timer, i) => void (i % 3 === 0 || timer.cancel()));
    await runUntil(301);
    const left = timers.flatMap((timer) => (timer.cancelled() ? [] : [timer.when() - 1]));
    expect(trace).toEqual(left.toSorted((a, b) => a - b).map(String));
    expect(left).toHaveLength(100);
  });
});
