import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until } from '../../test/coroutine-styles.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { compareItems } from './compare-items.ts';
import { PriorityQueue } from './priority-queue.ts';

/** Puts all items in, and takes all out. */
function sorted<T>(items: readonly T[], compare?: (a: T, b: T) => number): T[] {
  const queue = new PriorityQueue<T>({ compare });
  for (const item of items) queue.putNowait(item);
  return items.map(() => queue.getNowait());
}

describe('PriorityQueue', () => {
  it.each([
    ['numbers', [3, 1, 2.5, -Infinity, 2n], [-Infinity, 1, 2n, 2.5, 3]],
    ['booleans among them', [1.5, true, false], [false, true, 1.5]],
    ['strings', ['b', 'B', 'ab', ''], ['', 'B', 'ab', 'b']],
    ['tuples', [[2, 'a'], [1, 'b'], [1, 'a'], [1]], [[1], [1, 'a'], [1, 'b'], [2, 'a']]],
    ['nested tuples', [[[1, 2]], [[1, 1]], [[0, 9]]], [[[0, 9]], [[1, 1]], [[1, 2]]]],
  ])('HL-050 orders %s', (_what, items, expected) => {
    expect(sorted<unknown>(items)).toEqual(expected);
  });

  it('HL-050 orders by a function', () => {
    expect(sorted(['ccc', 'a', 'bb'], (a, b) => b.length - a.length)).toEqual(['ccc', 'bb', 'a']);
  });

  it('HL-050 gives a thousand numbers in their order', () => {
    const items = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1009);
    expect(sorted(items)).toEqual(items.toSorted((a, b) => a - b));
  });

  it('HL-050 gives up equal items in the order in which the heap of the reference does', () => {
    // A number is put in, a dash takes one out; of equal ones the order of arrival tells them apart.
    const program =
      '1 1 - 0 3 - - 3 3 - 1 3 0 - 0 - - 3 3 3 - 3 1 0 - 2 3 2 - 2 3 2 0 1 2 0 1 2 - - 3 - 3 0 - 0 - 0 - - - - - - - - - - - - - - - - - -';
    const recorded =
      '0 2 1 3 8 9 6 4 15 14 22 25 23 30 31 32 26 16 24 21 19 27 18 11 12 13 10 5 7 29 28 20 17';
    const queue = new PriorityQueue<[number, number]>({ compare: ([a], [b]) => a - b });
    const order: number[] = [];
    let place = 0;
    for (const step of program.split(' ')) {
      if (step === '-') order.push(queue.getNowait()[1]);
      else queue.putNowait([Number(step), place++]);
    }
    expect(order.join(' ')).toBe(recorded);
  });

  it('compares elements only where they differ', () => {
    const job = { name: 'job' };
    expect(compareItems([1, job], [1, job])).toBe(0);
    expect(compareItems([1, job], [2, {}])).toBeLessThan(0);
    expect(() => compareItems([1, job], [1, {}])).toThrow(
      new TypeError(
        "'<' not supported between [object Object] and [object Object]: give the queue a compare function",
      ),
    );
    expect(() => compareItems(1, 'a')).toThrow(TypeError);
    expect(() => compareItems(null, 1)).toThrow(TypeError);
  });

  it('refuses a compare that is no function', () => {
    expect(() => new PriorityQueue({ compare: 'less' as never })).toThrow(TypeError);
  });
});

describe.each(styles)('PriorityQueue ($style)', ({ body }) => {
  it('rejects an item that cannot be compared, and leaves it out', () =>
    runVirtual(
      body(function* () {
        const queue = new PriorityQueue();
        yield* until(queue.put(5));
        expect(yield* caught(until(queue.put('five')))).toBeInstanceOf(TypeError);
        expect(() => queue.putNowait({})).toThrow(TypeError);
        expect(queue.qsize()).toBe(1);
        expect(yield* until(queue.get())).toBe(5);
        queue.taskDone();
        const joined = createTask(body(() => until(queue.join())));
        yield* until(joined);
      }),
    ));
});
