import { describe, expect, it } from 'vitest';
import { EventLoop } from '../loop/event-loop.ts';
import { Task } from '../task/task.ts';
import { Future } from './future.ts';
import { futureMarker, isFuture } from './is-future.ts';

describe('isFuture', () => {
  it('FUT-029 is true for futures and tasks', () => {
    const loop = new EventLoop();
    const task = loop.createTask(function* () {});
    expect([loop.createFuture(), task].map(isFuture)).toEqual([true, true]);
    loop.close();
  });

  it('FUT-029 is true for an instance of a foreign class that carries the marker', () => {
    class Foreign {
      static readonly [futureMarker]: true | null = true;
      done(): boolean {
        return true;
      }
    }
    class Unmarked extends Foreign {
      static override readonly [futureMarker] = null;
    }
    expect(isFuture(new Foreign())).toBe(true);
    expect(isFuture(new Unmarked())).toBe(false);
    expect(futureMarker).toBe(Symbol.for('@loop/core.Future'));
  });

  it.each([
    ['the class Future', Future],
    ['the class Task', Task],
    ['a promise', Promise.resolve()],
    ['a number', 42],
    ['null', null],
    ['undefined', undefined],
    ['a plain object', {}],
    ['an object without prototype', Object.create(null)],
    ['an async function', async () => {}],
  ])('FUT-029 is false for %s', (_what, value) => {
    expect(isFuture(value)).toBe(false);
  });
});
