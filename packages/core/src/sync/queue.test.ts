import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { styles, wait as until, type Script } from '../../test/coroutine-styles.ts';
import { sleep } from '../combine/sleep.ts';
import {
  CancelledError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  ValueError,
} from '../error/errors.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { createTask } from '../task/create-task.ts';
import { runVirtual } from '../testing/index.ts';
import { LifoQueue } from './lifo-queue.ts';
import { PriorityQueue } from './priority-queue.ts';
import { Queue } from './queue.ts';

describe.each(styles)('Queue ($style)', ({ body }) => {
  const run = (script: () => Script<void>) => runVirtual(body(script));
  const getter = <T>(queue: Queue<T>) => createTask(body(() => until(queue.get())));
  const putter = <T>(queue: Queue<T>, item: T) => createTask(body(() => until(queue.put(item))));

  it('HL-049 gives items in the order in which they were put', () =>
    run(function* () {
      const queue = new Queue<number>();
      expect([queue.qsize(), queue.empty(), queue.full(), queue.maxsize]).toEqual([
        0,
        true,
        false,
        0,
      ]);
      for (const item of [1, 3, 2]) yield* until(queue.put(item));
      queue.putNowait(4);
      expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([4, false, false]);
      const items = [yield* until(queue.get()), queue.getNowait(), yield* until(queue.get())];
      expect([...items, queue.getNowait()]).toEqual([1, 3, 2, 4]);
    }));

  it('HL-049 lets put wait while it is full, and get while it is empty', () =>
    run(function* () {
      const queue = new Queue<string>(1);
      const trace: string[] = [];
      const producer = createTask(
        body(function* () {
          for (const item of ['a', 'b', 'c']) {
            yield* until(queue.put(item));
            trace.push(`put ${item}`);
          }
        }),
      );
      yield* until(sleep(1));
      expect(queue.full()).toBe(true);
      for (const _ of [1, 2, 3]) {
        trace.push(`got ${yield* until(queue.get())}`);
        yield* until(sleep(1));
      }
      yield* until(producer);
      expect(trace).toEqual(['put a', 'got a', 'put b', 'got b', 'put c', 'got c']);
      const waiting = getter(queue);
      yield* until(sleep(1));
      expect(waiting.done()).toBe(false);
      queue.putNowait('late');
      expect(yield* until(waiting)).toBe('late');
    }));

  it.each([
    [2, 2],
    [1.3, 2],
  ])('HL-049 holds with a maxsize of %d at most %d items', (maxsize, count) =>
    run(function* () {
      const queue = new Queue<number>(maxsize);
      for (let item = 0; item < count; item += 1) queue.putNowait(item);
      expect(queue.full()).toBe(true);
      expect(() => queue.putNowait(9)).toThrow(QueueFull);
      while (!queue.empty()) yield* until(queue.get());
      expect(() => queue.getNowait()).toThrow(QueueEmpty);
    }),
  );

  it('HL-049 serves waiting getters and putters in their order', () =>
    run(function* () {
      const queue = new Queue<number>(1);
      const getters = [getter(queue), getter(queue)];
      yield* until(sleep(0));
      const putters = [putter(queue, 1), putter(queue, 2), putter(queue, 3), putter(queue, 4)];
      yield* until(sleep(1));
      expect(getters.map((task) => task.result())).toEqual([1, 2]);
      expect(putters.map((task) => task.done())).toEqual([true, true, true, false]);
      expect([queue.getNowait(), yield* until(queue.get())]).toEqual([3, 4]);
    }));

  it('HL-051 loses no item to a getter that is cancelled after it was woken', () =>
    run(function* () {
      const queue = new Queue<string>();
      const cancelled = getter(queue);
      const next = getter(queue);
      yield* until(sleep(0));
      queue.putNowait('item');
      cancelled.cancel();
      expect(yield* caught(until(cancelled))).toBeInstanceOf(CancelledError);
      expect(yield* until(next)).toBe('item');
    }));

  it('HL-051 loses no slot to a putter that is cancelled after it was woken', () =>
    run(function* () {
      const queue = new Queue<string>(1);
      queue.putNowait('first');
      const cancelled = putter(queue, 'cancelled');
      const next = putter(queue, 'next');
      yield* until(sleep(0));
      expect(queue.getNowait()).toBe('first');
      cancelled.cancel();
      expect(yield* caught(until(cancelled))).toBeInstanceOf(CancelledError);
      yield* until(next);
      expect(queue.toString()).toBe('<Queue maxsize=1 _queue=["next"] tasks=2>');
    }));

  it('HL-051 forgets getters and putters that are cancelled while they wait', () =>
    run(function* () {
      const queue = new Queue<string>(1);
      const idle = getter(queue);
      yield* until(sleep(0));
      idle.cancel();
      yield* caught(until(idle));
      queue.putNowait('a');
      const stuck = putter(queue, 'b');
      yield* until(sleep(0));
      stuck.cancel();
      yield* caught(until(stuck));
      expect(queue.toString()).toBe('<Queue maxsize=1 _queue=["a"] tasks=1>');
      expect(yield* until(queue.get())).toBe('a');
    }));

  it('HL-052 joins once every item is done', () =>
    run(function* () {
      const queue = new Queue<number>();
      yield* until(queue.join());
      const trace: unknown[] = [];
      for (let item = 0; item < 4; item += 1) queue.putNowait(item);
      const worker = createTask(
        body(function* () {
          for (;;) {
            const item = yield* until(queue.get());
            yield* until(sleep(1));
            trace.push(item);
            queue.taskDone();
          }
        }),
      );
      yield* until(queue.join());
      trace.push('joined');
      yield* until(queue.join());
      worker.cancel();
      expect(trace).toEqual([0, 1, 2, 3, 'joined']);
      expect(() => queue.taskDone()).toThrow(new ValueError('task_done() called too many times'));
    }));

  it('HL-053 refuses items after shutdown, and gives those that are in', () =>
    run(function* () {
      const queue = new Queue<number>(2);
      queue.putNowait(1);
      queue.putNowait(2);
      const waiting = putter(queue, 3);
      yield* until(sleep(0));
      queue.shutdown();
      expect(yield* caught(until(waiting))).toBeInstanceOf(QueueShutDown);
      expect(yield* caught(until(queue.put(4)))).toBeInstanceOf(QueueShutDown);
      expect(() => queue.putNowait(5)).toThrow(QueueShutDown);
      expect([yield* until(queue.get()), queue.getNowait()]).toEqual([1, 2]);
      expect(yield* caught(until(queue.get()))).toBeInstanceOf(QueueShutDown);
      expect(() => queue.getNowait()).toThrow(QueueShutDown);
      expect(yield* caught(until(queue.put(6)))).toBeInstanceOf(QueueShutDown);
      const joined = queue.join();
      expect(joined.done()).toBe(false);
      queue.taskDone();
      queue.taskDone();
      yield* until(joined);
    }));

  it('HL-053 sends waiting getters away at once', () =>
    run(function* () {
      const queue = new Queue<number>();
      const getters = [getter(queue), getter(queue)];
      yield* until(sleep(0));
      queue.shutdown();
      for (const one of getters) {
        expect(yield* caught(until(one))).toBeInstanceOf(QueueShutDown);
      }
      expect(queue.toString()).toBe('<Queue maxsize=0 shutdown>');
    }));

  it('HL-053 drops what is in with immediate, and counts it as done', () =>
    run(function* () {
      const queue = new Queue<number>();
      queue.putNowait(1);
      queue.putNowait(2);
      queue.putNowait(3);
      yield* until(queue.get());
      const joined = createTask(body(() => until(queue.join())));
      yield* until(sleep(0));
      queue.shutdown(true);
      expect([queue.empty(), joined.done()]).toEqual([true, false]);
      expect(() => queue.getNowait()).toThrow(QueueShutDown);
      queue.taskDone();
      yield* until(joined);
      expect(() => queue.taskDone()).toThrow(ValueError);
      const untouched = new Queue<number>();
      untouched.putNowait(1);
      const soon = createTask(body(() => until(untouched.join())));
      yield* until(sleep(0));
      untouched.shutdown(true);
      yield* until(soon);
    }));

  it.each([0, null, 'now'])('refuses to be shut down with %j', (immediate) => {
    const queue = new Queue<number>();
    expect(() => queue.shutdown(immediate as never)).toThrow('Expected immediate to be a boolean');
    queue.putNowait(1);
    expect(queue.getNowait()).toBe(1);
  });

  it('HL-050 gives the newest first as a LifoQueue', () =>
    run(function* () {
      const queue = new LifoQueue<number>(3);
      for (const item of [1, 3, 2]) yield* until(queue.put(item));
      expect(queue.full()).toBe(true);
      const items = [yield* until(queue.get()), yield* until(queue.get()), queue.getNowait()];
      expect(items).toEqual([2, 3, 1]);
      expect(queue.toString()).toBe('<LifoQueue maxsize=3 tasks=3>');
    }));

  it('HL-050 gives the smallest first as a PriorityQueue', () =>
    run(function* () {
      const queue = new PriorityQueue<number>({ maxsize: 3 });
      for (const item of [1, 3, 2]) yield* until(queue.put(item));
      expect(queue.full()).toBe(true);
      const waiting = putter(queue, 0);
      yield* until(sleep(0));
      const items = [yield* until(queue.get())];
      yield* until(waiting);
      while (!queue.empty()) items.push(yield* until(queue.get()));
      expect(items).toEqual([1, 0, 2, 3]);
    }));

  it('gives items to asynchronous iteration until it is shut down', () =>
    run(function* () {
      const queue = new Queue<number>();
      const iterator = queue[Symbol.asyncIterator]();
      queue.putNowait(1);
      expect(yield* until(iterator.next())).toEqual({ done: false, value: 1 });
      const second = iterator.next();
      expect(second.done()).toBe(false);
      queue.putNowait(2);
      expect(yield* until(second)).toEqual({ done: false, value: 2 });
      queue.shutdown();
      expect(yield* until(iterator.next())).toEqual({ done: true, value: undefined });
    }));
});

it('works with for await', () =>
  runVirtual(async () => {
    const queue = new Queue<number>(2);
    const producer = createTask(async () => {
      for (let item = 1; item <= 5; item += 1) await queue.put(item);
      queue.shutdown();
    });
    const items: number[] = [];
    for await (const item of queue) items.push(item);
    await producer;
    expect(items).toEqual([1, 2, 3, 4, 5]);
  }));

it('HL-048 takes no loop, and HL-049 a number as its size', () => {
  expect(() => new Queue(0, { loop: null } as never)).toThrow(
    new TypeError('Queue() takes no further arguments, got [object Object]'),
  );
  expect(() => new LifoQueue(0, 1 as never)).toThrow(TypeError);
  expect(() => new PriorityQueue({ loop: null } as never)).toThrow(/no option "loop"/);
  expect(() => new PriorityQueue(5 as never)).toThrow(TypeError);
  expect(() => new Queue('5' as never)).toThrow(
    new TypeError('Expected maxsize to be a number, got "5"'),
  );
});

it('HL-048 belongs to the loop under which it first had to wait', async () => {
  const queue = new Queue();
  using first = new EventLoop();
  using second = new EventLoop();
  await first.runUntilComplete(async () => {
    const waiter = createTask(() => queue.get());
    await sleep(0);
    waiter.cancel();
  });
  await expect(second.runUntilComplete(() => queue.get())).rejects.toThrow(
    new RuntimeError('<Queue maxsize=0> is bound to a different event loop'),
  );
});

it('HL-049 keeps the order of a hundred thousand items', () =>
  runVirtual(function* () {
    const queue = new Queue<number>();
    let expected = 0;
    const check = (item: number): void => {
      if (item !== expected) throw new Error(`expected ${expected}, got ${item}`);
      expected += 1;
    };
    for (let item = 0; item < 100_000; item += 1) {
      queue.putNowait(item);
      if (item % 3 === 0) check(yield* queue.get());
    }
    while (!queue.empty()) check(queue.getNowait());
    expect(expected).toBe(100_000);
  }));
