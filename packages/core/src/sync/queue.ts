import { checkBoolean, checkNumber } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { QueueEmpty, QueueFull, QueueShutDown, ValueError } from '../error/errors.ts';
import type { Future } from '../future/future.ts';
import { completed, operation } from '../task/operation.ts';
import type { Coroutine } from '../task/task-body.ts';
import { inspect } from './describe-state.ts';
import { Event } from './event.ts';
import { FifoStore, type ItemStore } from './item-store.ts';
import { LoopBinding } from './loop-binding.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { settled } from './settled.ts';
import { WaitList } from './wait-list.ts';

/**
 * A queue between tasks, first in, first out.
 *
 * ```ts
 * for await (const job of queue) {
 *   await work(job);
 *   queue.taskDone();
 * }
 * ```
 *
 * Iterating gets items until the queue is shut down and empty.
 *
 * @see CPython `asyncio.Queue`
 */
export class Queue<T = unknown> implements AsyncIterable<T> {
  /** What holds the items; a subclass may put another in its place. */
  protected items: ItemStore<T> = new FifoStore<T>();
  readonly #maxsize: number;
  readonly #binding = new LoopBinding();
  // Whoever is woken leaves the list at once, and looks again when it runs.
  readonly #getters = new WaitList();
  readonly #putters = new WaitList();
  readonly #finished = new Event();
  #unfinished = 0;
  #shutDown = false;

  /** @param maxsize - How many items it holds before `put()` waits; 0 or less for no limit. */
  constructor(maxsize = 0, ...none: readonly never[]) {
    checkNumber(maxsize, 'maxsize');
    refuseArguments(none, `${new.target.name}()`);
    this.#maxsize = maxsize;
    this.#finished.set();
  }

  /** How many items it holds before `put()` waits; 0 or less for no limit. */
  get maxsize(): number {
    return this.#maxsize;
  }

  /** How many items are in the queue. */
  qsize(): number {
    return this.items.size;
  }

  empty(): boolean {
    return this.items.size === 0;
  }

  /** Whether it holds as many items as it may. */
  full(): boolean {
    return this.#maxsize > 0 && this.items.size >= this.#maxsize;
  }

  /**
   * Puts an item in, once there is room for it.
   *
   * Rejects with `QueueShutDown` if the queue is shut down.
   */
  put(item: T): Future<void> {
    if (this.full()) return operation(() => this.#put(item));
    return settled(() => this.putNowait(item));
  }

  /**
   * Puts an item in.
   *
   * @throws {QueueFull} There is no room.
   * @throws {QueueShutDown} The queue is shut down.
   */
  putNowait(item: T): void {
    if (this.#shutDown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this.items.push(item);
    this.#unfinished += 1;
    this.#finished.clear();
    wakeNext(this.#getters);
  }

  /**
   * Takes an item out, once there is one.
   *
   * Rejects with `QueueShutDown` if the queue is shut down and empty.
   */
  get(): Future<T> {
    if (this.empty()) return operation(() => this.#get());
    return settled(() => this.getNowait());
  }

  /**
   * Takes an item out.
   *
   * @throws {QueueEmpty} There is none.
   * @throws {QueueShutDown} There is none, and the queue is shut down.
   */
  getNowait(): T {
    if (this.empty()) throw this.#shutDown ? new QueueShutDown() : new QueueEmpty();
    const item = this.items.pop();
    wakeNext(this.#putters);
    return item;
  }

  /**
   * Says that the work on an item that was taken out is done: {@link join} waits for that.
   *
   * @throws {ValueError} There was one call for each item already.
   */
  taskDone(): void {
    if (this.#unfinished <= 0) throw new ValueError('task_done() called too many times');
    this.#unfinished -= 1;
    if (this.#unfinished === 0) this.#finished.set();
  }

  /** Waits until `taskDone()` was called once for each item that was put in. */
  join(): Future<void> {
    return this.#unfinished === 0 ? completed(undefined) : operation(() => this.#join());
  }

  /**
   * Ends the queue: no item can be put in any more, and once it is empty none taken out. All who
   * wait are woken for that.
   *
   * @param immediate - Also drops the items that are in, and counts each as done.
   * @throws {TypeError} `immediate` is neither true nor false.
   */
  shutdown(immediate = false): void {
    checkBoolean(immediate, 'immediate');
    this.#shutDown = true;
    if (immediate) this.#drop();
    wakeAll(this.#getters);
    wakeAll(this.#putters);
  }

  /** Gets items until the queue is shut down and empty. In a generator: `yield* iterator.next()`. */
  [Symbol.asyncIterator](): QueueIterator<T> {
    return {
      next: () => operation(() => this.#next()),
      return: () => completed({ done: true, value: undefined }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** In the reference's form: `<Queue maxsize=2 _queue=[1, 2] tasks=2>`. */
  toString(): string {
    const parts = [this.constructor.name, `maxsize=${this.#maxsize}`];
    if (!this.empty()) parts.push(`_queue=[${[...this.items].map(describe).join(', ')}]`);
    if (this.#getters.size > 0) parts.push(`_getters[${this.#getters.size}]`);
    if (this.#putters.size > 0) parts.push(`_putters[${this.#putters.size}]`);
    if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
    if (this.#shutDown) parts.push('shutdown');
    return `<${parts.join(' ')}>`;
  }

  [inspect](): string {
    return this.toString();
  }

  *#put(item: T): Coroutine<void> {
    while (this.full()) {
      if (this.#shutDown) throw new QueueShutDown();
      yield* this.#waitIn(this.#putters, () => !this.full());
    }
    this.putNowait(item);
  }

  *#get(): Coroutine<T> {
    while (this.empty()) {
      if (this.#shutDown) throw new QueueShutDown();
      yield* this.#waitIn(this.#getters, () => !this.empty());
    }
    return this.getNowait();
  }

  /** Waits to be woken; who is woken and cannot go on wakes the next, if that one `could`. */
  *#waitIn(waits: WaitList, could: () => boolean): Coroutine<void> {
    const wait = waits.add(this.#binding.bind(this).createFuture());
    try {
      yield* wait.future;
    } catch (error) {
      wait.future.cancel();
      waits.remove(wait);
      if (could() && !wait.future.cancelled()) wakeNext(waits);
      throw error;
    }
  }

  *#next(): Coroutine<IteratorResult<T, void>> {
    try {
      return { done: false, value: yield* this.get() };
    } catch (error) {
      if (!(error instanceof QueueShutDown)) throw error;
      return { done: true, value: undefined };
    }
  }

  *#join(): Coroutine<void> {
    yield* this.#finished.wait();
  }

  #drop(): void {
    while (!this.empty()) {
      this.items.pop();
      if (this.#unfinished > 0) this.#unfinished -= 1;
    }
    if (this.#unfinished === 0) this.#finished.set();
  }
}

/** An iterator over a queue, whose `next()` can be awaited in both styles. */
export interface QueueIterator<T> extends AsyncIterableIterator<T> {
  next(): Future<IteratorResult<T, void>>;
}

/** Wakes the first who still waits, if any; whoever is found to be done leaves the list too. */
function wakeNext(waits: WaitList): void {
  for (let wait = waits.first; wait !== null; wait = waits.first) {
    waits.remove(wait);
    if (wait.future.done()) continue;
    wait.future.setResult(true);
    return;
  }
}

function wakeAll(waits: WaitList): void {
  while (waits.size > 0) wakeNext(waits);
}
