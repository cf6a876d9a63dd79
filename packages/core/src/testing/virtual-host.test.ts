import { describe, expect, it } from 'vitest';
import { sleep } from '../combine/sleep.ts';
import { defaultHost } from '../host/default-host.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { getRunningLoop } from '../loop/running-loop.ts';
import { runVirtual, VirtualHost } from './index.ts';

/** Timers of many delays, no two alike, scheduled in no order: the trace says which ran when. */
function timers(loop: EventLoop, unit: number): Promise<string[]> {
  const trace: string[] = [];
  const begun = loop.time();
  for (let i = 0; i < 40; i += 1) {
    const delay = (i * 17) % 40;
    loop.callAt(begun + delay * unit, () => trace.push(`timer ${delay}`));
  }
  const over = loop.createFuture<string[]>();
  loop.callAt(begun + 40 * unit, () => over.setResult(trace));
  return loop.runUntilComplete(over);
}

function sameInstant(seed: number | undefined): Promise<number[]> {
  const options = seed === undefined ? {} : { seed };
  return runVirtual(async () => {
    const loop = getRunningLoop();
    const order: number[] = [];
    for (const when of [1, 2]) {
      for (let i = 0; i < 20; i += 1) loop.callAt(when, () => order.push(when * 100 + i));
    }
    await sleep(3);
    return order;
  }, options);
}

describe('virtual time', () => {
  it('runs 10,000 seconds of timers without waiting', async () => {
    const count = await runVirtual(async () => {
      const loop = getRunningLoop();
      let ticks = 0;
      const tick = (): void => {
        ticks += 1;
        if (ticks < 10_000) loop.callLater(1, tick);
      };
      loop.callLater(1, tick);
      await sleep(10_000);
      expect(loop.time()).toBe(10_000);
      return ticks;
    });
    expect(count).toBe(10_000);
  });

  it('gives the order of real time', async () => {
    using virtual = new EventLoop({ host: new VirtualHost() });
    using real = new EventLoop({ host: defaultHost() });
    const order = await timers(virtual, 250);
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => `timer ${i}`));
    expect(order).toEqual(await timers(real, 0.0005));
  });

  it('shuffles timers of one instant by a seed, the same way each time', async () => {
    const [first, again, other, plain] = await Promise.all(
      [7, 7, 8, undefined].map((seed) => sameInstant(seed)),
    );
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first).not.toEqual(plain);
    // Never across instants, and none is lost.
    expect(first!.slice(0, 20).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => 100 + i),
    );
    expect(first).toHaveLength(40);
  });

  it('stands still while callbacks run, and moves by advance()', async () => {
    const host = new VirtualHost({ start: 50 });
    using loop = new EventLoop({ host });
    expect(loop.time()).toBe(50);
    await loop.runUntilComplete(async () => {
      const begun = loop.time();
      for (let i = 0; i < 1000; i += 1) await sleep(0);
      expect(loop.time()).toBe(begun);
      host.advance(2.5);
      expect(loop.time()).toBe(begun + 2.5);
    });
    expect(() => host.advance(-1)).toThrow('Expected seconds to be 0 or more, got -1');
    expect(() => new VirtualHost({ seed: 1.5 })).toThrow('Expected seed to be an integer, got 1.5');
  });
});
