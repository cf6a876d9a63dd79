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
  const popAll = (latest = Infinity): number[] => {
    const whens: number[] = [];
    for (let due = heap.popDue(latest); due !== undefined; due = heap.popDue(latest)) {
      whens.push(due.when());
    }
    return whens;
  };
  return { heap, push, popAll };
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
    const { heap, push } = setUp();
    const timers = Array.from({ length: 1000 }, (_, i) => push(i));
    for (const timer of timers.slice(0, 501)) heap.remove(timer);
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
});
