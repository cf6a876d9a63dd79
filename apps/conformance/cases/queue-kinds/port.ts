// A LifoQueue gives the newest item first, a PriorityQueue the smallest.
import { LifoQueue, PriorityQueue, run } from '@loop/core';
import type { Print } from '../../src/print.ts';

export async function generator(print: Print): Promise<void> {
  function* main() {
    const lifo = new LifoQueue<string>();
    for (const item of ['a', 'b', 'c']) {
      yield* lifo.put(item);
    }
    print([yield* lifo.get(), yield* lifo.get(), yield* lifo.get()]);
    const numbers = new PriorityQueue<number>();
    for (const item of [5, 1, 4, 2, 3, 2]) {
      yield* numbers.put(item);
    }
    const sorted: number[] = [];
    for (let n = 0; n < 6; n++) sorted.push(yield* numbers.get());
    print(sorted);
    const pairs = new PriorityQueue<[number, string]>({ maxsize: 4 });
    for (const item of [
      [2, 'b'],
      [1, 'z'],
      [2, 'a'],
      [1, 'c'],
    ] as [number, string][]) {
      pairs.putNowait(item);
    }
    print(
      pairs.full(),
      [1, 2, 3, 4].map(() => pairs.getNowait()),
    );
  }

  await run(main);
}

export async function asynchronous(print: Print): Promise<void> {
  async function main() {
    const lifo = new LifoQueue<string>();
    for (const item of ['a', 'b', 'c']) {
      await lifo.put(item);
    }
    print([await lifo.get(), await lifo.get(), await lifo.get()]);
    const numbers = new PriorityQueue<number>();
    for (const item of [5, 1, 4, 2, 3, 2]) {
      await numbers.put(item);
    }
    const sorted: number[] = [];
    for (let n = 0; n < 6; n++) sorted.push(await numbers.get());
    print(sorted);
    const pairs = new PriorityQueue<[number, string]>({ maxsize: 4 });
    for (const item of [
      [2, 'b'],
      [1, 'z'],
      [2, 'a'],
      [1, 'c'],
    ] as [number, string][]) {
      pairs.putNowait(item);
    }
    print(
      pairs.full(),
      [1, 2, 3, 4].map(() => pairs.getNowait()),
    );
  }

  await run(main);
}
