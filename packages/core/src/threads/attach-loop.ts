import { describe } from '../error/describe.ts';
import { CancelledError, RuntimeError } from '../error/errors.ts';
import { PoolFuture } from './pool-future.ts';
import {
  CLOSED,
  decodeError,
  openChannel,
  SENDERS,
  type Call,
  type Channel,
  type LoopRef,
  type ToLoop,
  type ToSender,
} from './wire.ts';

/**
 * Attaches this thread to a loop of another one, whose `share()` gave `ref`.
 *
 * ```ts
 * const loop = attachLoop(workerData.loop);
 * loop.callSoonThreadsafe('progress', 0.5);
 * const answer = await loop.runCoroutineThreadsafe('ask', 'how far?');
 * ```
 *
 * @throws {TypeError} `ref` did not come from `share()`, or is a copy that went to another process.
 */
export function attachLoop(ref: LoopRef): AttachedLoop {
  const { id, state } = (ref ?? {}) as Partial<LoopRef>;
  if (typeof id !== 'string' || !(state instanceof Int32Array)) {
    throw new TypeError(`Expected ref to come from loop.share(), got ${describe(ref)}`);
  }
  if (!(state.buffer instanceof SharedArrayBuffer)) {
    throw new TypeError(
      'ref is a copy, made on the way to another process: only threads of its own process can attach to a loop',
    );
  }
  return new AttachedLoop(ref);
}

// Calls that follow one another within this time travel together, the first one alone: it wakes the
// loop. A tenth of the time was measured to go into the message, at 3 us each, and 1 us for a call.
const TOGETHER_MS = 0.1;

/**
 * A loop of another thread. Calls are for functions that the loop has published; they run there in
 * the order of the calls here. Arguments and results are cloned.
 */
export class AttachedLoop implements Disposable {
  readonly #state: LoopRef['state'];
  readonly #sender: number;
  readonly #channel: Channel;
  readonly #waiting = new Map<number, PoolFuture<unknown>>();
  #next = 0;
  #calls: unknown[] = [];
  #sentAt = -Infinity;
  #detached = false;

  /** @internal */
  constructor({ id, state }: LoopRef) {
    this.#state = state;
    this.#sender = Atomics.add(state, SENDERS, 1);
    this.#channel = openChannel(id, this.#sender);
    this.#channel.onmessage = (event) => this.#receive(event.data as ToSender);
  }

  /**
   * Has the loop call the function published as `name`, and wakes it if it is idle. Calls in quick
   * succession are sent together, when this thread next pauses or 0.1 ms have passed.
   *
   * @throws {RuntimeError} The loop is closed, or this attachment is.
   * @throws {DOMException} An argument cannot be cloned.
   */
  callSoonThreadsafe(name: string, ...args: readonly unknown[]): void {
    this.#send(null, name, args);
  }

  /**
   * Has the loop run the coroutine function published as `name` as a task.
   *
   * @returns The outcome; `cancel()` cancels the task. It keeps this thread alive while it is pending.
   * @throws {RuntimeError} The loop is closed, or this attachment is.
   * @throws {DOMException} An argument cannot be cloned.
   */
  runCoroutineThreadsafe<T = unknown>(name: string, ...args: readonly unknown[]): PoolFuture<T> {
    const call = this.#next;
    this.#next += 1;
    this.#send(call, name, args);
    const future = new PoolFuture<T>({ withdraw: () => this.#cancel(call) });
    if (this.#waiting.size === 0) this.#channel.ref?.();
    this.#waiting.set(call, future as PoolFuture<unknown>);
    return future;
  }

  /** Whether the loop is closed. */
  get closed(): boolean {
    return Atomics.load(this.#state, CLOSED) === 1;
  }

  /** Detaches; pending outcomes reject with `RuntimeError`. */
  close(): void {
    if (this.#detached) return;
    this.#flush();
    this.#detached = true;
    this.#failAll('this thread has detached from the loop');
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(call: Call[0], name: unknown, args: readonly unknown[]): void {
    if (typeof name !== 'string' || name === '') {
      throw new TypeError(
        `Expected name to be that of a published function, got ${describe(name)}`,
      );
    }
    if (this.#detached) throw new RuntimeError('this thread has detached from the loop');
    if (this.closed) throw new RuntimeError('Event loop is closed');
    // What may not be clonable goes alone, now, for the error to be thrown to its caller.
    if (!args.every(isPlain)) {
      this.#flush();
      this.#post({ sender: this.#sender, calls: [call, name, args] });
      return;
    }
    if (this.#calls.length === 0) queueMicrotask(() => this.#flush());
    this.#calls.push(call, name, args);
    if (performance.now() - this.#sentAt > TOGETHER_MS) this.#flush();
  }

  #flush(): void {
    if (this.#calls.length === 0) return;
    const calls = this.#calls;
    this.#calls = [];
    if (this.closed) this.#failAll('Event loop is closed');
    else this.#post({ sender: this.#sender, calls });
  }

  #post(message: ToLoop): void {
    this.#channel.postMessage(message);
    this.#sentAt = performance.now();
  }

  #cancel(call: number): boolean {
    this.#flush();
    this.#forget(call);
    if (!this.closed) this.#post({ sender: this.#sender, cancel: call });
    return true;
  }

  #receive(message: ToSender): void {
    if (message === 'closed') return this.#failAll('Event loop is closed');
    const { to, call, ok, value } = message;
    if (to !== this.#sender) return;
    const future = this.#waiting.get(call);
    if (future === undefined) return;
    this.#forget(call);
    if (ok) {
      future.setResult(value);
      return;
    }
    const error = decodeError(value);
    if (error instanceof CancelledError) future.setCancelled();
    else future.setException(error);
  }

  #failAll(reason: string): void {
    const futures = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#channel.unref?.();
    for (const future of futures) future.setException(new RuntimeError(reason));
  }

  #forget(call: number): void {
    this.#waiting.delete(call);
    if (this.#waiting.size === 0) this.#channel.unref?.();
  }
}

function isPlain(value: unknown): boolean {
  return (
    (typeof value !== 'object' || value === null) &&
    typeof value !== 'function' &&
    typeof value !== 'symbol'
  );
}
