import { describe, expect, it } from 'vitest';
import { VirtualHost } from '../testing/virtual-host.ts';
import { EventLoop } from './event-loop.ts';
import type { TimerHandle } from './handle.ts';
import { TimerHeap } from './timer-heap.ts';

const nothing = (): void => {};

/** A heap, and timers to fill it with, taken from a loop that never runs. */
function setUp() {
  const loop = new EventLoop({ host: new VirtualHost() });
  const heap = new TimerHeap();
  const push = (when: number): TimerHandle => {
    const timer = loop.callAt(when, nothing);
    loop._timerCancelled(timer);
    heap.push(timer, when);
    return timer;
  };
  /** Has the heap take in all that are new: one of them is due. */
  const takeIn = (): void => {
    const due = push(-1);
    expect(heap.popDue(-1)).toBe(due);
  };
  const popAll = (latest = Infinity): number[] => {
    const whens: number[] = [];
    for (let due = heap.popDue(latest); due !== undefined; due = heap.popDue(latest)) {
      whens.push(due.when());
    }
    return whens;
  };
  return { heap, push, takeIn, popAll };
}

/** Numbers that look random, and are the same in every run. */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % 100_000;
  };
}

const ascending = (a: number, b: number): number => a - b;

describe('TimerHeap', () => {
  it('CB-016 gives timers by due time, whatever the order they came in', () => {
    const { push, popAll } = setUp();
    const random = createRandom();
    const whens = Array.from({ length: 1000 }, () => random() / 7);
    for (const when of whens) push(when);
    expect(popAll()).toEqual(whens.toSorted(ascending));
  });

  it('gives those that are due, and keeps the others', () => {
    const { heap, push, popAll } = setUp();
    for (const when of [3, 1, 2]) push(when);
    expect(popAll(2)).toEqual([1, 2]);
    expect(heap.next()).toBe(3);
    expect(popAll(2.999)).toEqual([]);
  });

  it('CB-025 never gives one that was cancelled, wherever in the heap it was', () => {
    const { heap, push, popAll } = setUp();
    const random = createRandom();
    const timers = Array.from({ length: 2000 }, () => push(random()));
    const cancelled = new Set(timers.filter(() => random() % 4 > 0));
    for (const timer of cancelled) heap.remove(timer);
    const left = timers.filter((timer) => !cancelled.has(timer)).map((timer) => timer.when());
    expect(popAll()).toEqual(left.toSorted(ascending));
    expect([heap.size, heap.next()]).toEqual([0, Infinity]);
  });

  it('drops the cancelled ones once they are half of it', () => {
    const { heap, push, takeIn } = setUp();
    const timers = Array.from({ length: 1000 }, (_, i) => push(i));
    takeIn();
    for (const timer of timers.slice(0, 500)) heap.remove(timer);
    expect(heap.size).toBe(1000);
    heap.remove(timers[500] as TimerHandle);
    expect(heap.size).toBe(499);
  });

  it('takes a removal that comes twice, or after the timer was due, for none', () => {
    const { heap, push, popAll } = setUp();
    const [first, second] = [push(1), push(2)];
    expect(heap.popDue(1)).toBe(first);
    heap.remove(first);
    heap.remove(second);
    heap.remove(second);
    push(3);
    expect(popAll()).toEqual([3]);
  });

  it('goes on after it was large and has been emptied', () => {
    const { heap, push, popAll } = setUp();
    const timers = Array.from({ length: 70_000 }, (_, i) => push(i));
    for (const timer of timers.slice(1)) heap.remove(timer);
    for (const when of [0.5, 1.5]) push(when);
    expect(popAll()).toEqual([0, 0.5, 1.5]);
    push(4);
    heap.clear();
    push(5);
    expect(popAll()).toEqual([5]);
  });

  it('CB-030 leaves the due time to the handle, to the last bit', () => {
    const { push } = setUp();
    for (const when of [0, -0, 0.1, 1 / 3, -5, 2 ** 53, Number.MAX_VALUE, Infinity]) {
      expect(push(when).when()).toBe(when);
    }
  });

  it('knows the next one while it is new, and once it is cancelled', () => {
    const { heap, push, popAll } = setUp();
    expect(heap.next()).toBe(Infinity);
    const [third, first, second] = [push(3), push(1), push(2)];
    expect(heap.next()).toBe(1);
    heap.remove(first);
    expect(heap.next()).toBe(2);
    const zero = push(0.5);
    expect(heap.next()).toBe(0.5);
    heap.remove(zero);
    heap.remove(second);
    expect([heap.next(), heap.size]).toEqual([3, 1]);
    push(Infinity);
    heap.remove(third);
    expect([heap.next(), heap.size]).toEqual([Infinity, 1]);
    expect(popAll()).toEqual([Infinity]);
  });

  it.each([
    ['in the order they came', (i: number) => i],
    ['the last ones first', (i: number, length: number) => length - 1 - i],
    ['here and there', (i: number, length: number) => (i * 7919) % length],
  ])('keeps those that are left where new ones are cancelled %s', (_, place) => {
    const { heap, push, popAll } = setUp();
    const random = createRandom();
    const timers = Array.from({ length: 20_000 }, () => push(random()));
    const cancelled = timers.slice(0, 19_000).map((_each, i) => timers[place(i, 20_000)]);
    for (const timer of new Set(cancelled)) heap.remove(timer as TimerHandle);
    const left = timers.filter((timer) => !cancelled.includes(timer)).map((timer) => timer.when());
    expect(left).toHaveLength(1000);
    expect(heap.next()).toBe(Math.min(...left));
    for (const when of [-1, 50.5]) push(when);
    expect(popAll()).toEqual([-1, 50.5, ...left].toSorted(ascending));
    expect([heap.size, heap.next()]).toEqual([0, Infinity]);
  });

  it('replaces the oldest of many again and again', () => {
    const { heap, push, popAll } = setUp();
    const timers = Array.from({ length: 3000 }, (_, i) => push(i));
    const seen: number[] = [];
    for (let i = 3000; i < 30_000; i += 1) {
      heap.remove(timers[i % 3000] as TimerHandle);
      timers[i % 3000] = push(i);
      if (i % 1111 === 0) seen.push(heap.next() - i);
    }
    expect(new Set(seen)).toEqual(new Set([-2999]));
    expect(popAll()).toEqual(Array.from({ length: 3000 }, (_, i) => 27_000 + i));
  });

  it('gives both those that it has had and new ones in their order', () => {
    const { heap, push, takeIn, popAll } = setUp();
    for (const when of [1, 4, 7]) push(when);
    takeIn();
    for (const when of [8, 5, 2]) push(when);
    expect(heap.next()).toBe(1);
    expect(popAll(1)).toEqual([1]);
    expect(heap.next()).toBe(2);
    expect(popAll(4.5)).toEqual([2, 4]);
    push(6);
    expect(popAll()).toEqual([5, 6, 7, 8]);
  });
});
