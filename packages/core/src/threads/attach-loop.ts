import { describe } from '../error/describe.ts';
import { RuntimeError } from '../error/errors.ts';
import { RemoteFuture } from './remote-future.ts';
import {
  decodeError,
  openChannel,
  type CallMessage,
  type Channel,
  type LoopRef,
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
 * @throws {TypeError} `ref` did not come from `share()`.
 */
export function attachLoop(ref: LoopRef): AttachedLoop {
  const { id, state } = (ref ?? {}) as Partial<LoopRef>;
  if (typeof id !== 'string' || !(state instanceof Int32Array)) {
    throw new TypeError(`Expected ref to come from loop.share(), got ${describe(ref)}`);
  }
  return new AttachedLoop(ref);
}

/**
 * A loop of another thread. Calls are for functions that the loop has published; they run there in
 * the order of the calls here. Arguments and results are cloned.
 */
export class AttachedLoop implements Disposable {
  readonly #ref: LoopRef;
  readonly #sender = crypto.randomUUID();
  readonly #calls: Channel;
  readonly #replies: Channel;
  readonly #waiting = new Map<number, RemoteFuture<unknown>>();
  #next = 0;
  #batch: CallMessage[] = [];

  /** @internal */
  constructor(ref: LoopRef) {
    this.#ref = ref;
    this.#calls = openChannel(`${ref.id}:calls`);
    this.#replies = openChannel(`${ref.id}:replies`);
    this.#replies.onmessage = (event) => this.#receive(event.data as ToSender);
  }

  /**
   * Has the loop call the function published as `name`, and wakes it if it is idle.
   *
   * @throws {RuntimeError} The loop is closed, or this attachment is.
   * @throws {DOMException} An argument cannot be cloned.
   */
  callSoonThreadsafe(name: string, ...args: readonly unknown[]): void {
    this.#send([null, checkName(name), args]);
  }

  /**
   * Has the loop run the coroutine function published as `name` as a task.
   *
   * @returns A promise of its outcome; `cancel()` cancels the task. It keeps this thread alive while it is pending.
   * @throws {RuntimeError} The loop is closed, or this attachment is.
   * @throws {DOMException} An argument cannot be cloned.
   */
  runCoroutineThreadsafe<T = unknown>(name: string, ...args: readonly unknown[]): RemoteFuture<T> {
    const call = this.#next;
    this.#next += 1;
    this.#send([call, checkName(name), args]);
    const future = new RemoteFuture<T>(() => {
      this.#forget(call);
      if (!this.closed) this.#post({ sender: this.#sender, cancel: call });
    });
    if (this.#waiting.size === 0) this.#replies.ref?.();
    this.#waiting.set(call, future as RemoteFuture<unknown>);
    return future;
  }

  /** Whether the loop is closed. */
  get closed(): boolean {
    return Atomics.load(this.#ref.state, 0) === 1;
  }

  /** Detaches; pending outcomes reject with `RuntimeError`. */
  close(): void {
    this.#flush();
    this.#failAll('this thread has detached from the loop');
    this.#calls.close();
    this.#replies.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #send(call: CallMessage): void {
    if (this.closed) throw new RuntimeError('Event loop is closed');
    // What always can be cloned waits for the end of the turn: many calls travel as one message.
    if (call[2].every(isPlain)) {
      if (this.#batch.length === 0) queueMicrotask(() => this.#flush());
      this.#batch.push(call);
      return;
    }
    this.#flush();
    this.#post({ sender: this.#sender, calls: [call] });
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const calls = this.#batch;
    this.#batch = [];
    if (this.closed) this.#failAll('Event loop is closed');
    else this.#post({ sender: this.#sender, calls });
  }

  #post(message: unknown): void {
    try {
      this.#calls.postMessage(message);
    } catch (error) {
      if ((error as Error).name === 'InvalidStateError') {
        throw new RuntimeError('this thread has detached from the loop', { cause: error });
      }
      throw error;
    }
  }

  #receive(message: ToSender): void {
    if (message === 'closed') return this.#failAll('Event loop is closed');
    const { to, call, ok, value } = message;
    if (to !== this.#sender) return;
    const future = this.#waiting.get(call);
    if (future === undefined) return;
    this.#forget(call);
    if (ok) future._finish(value);
    else future._fail(decodeError(value));
  }

  #failAll(reason: string): void {
    for (const future of this.#waiting.values()) future._fail(new RuntimeError(reason));
    this.#waiting.clear();
    this.#replies.unref?.();
  }

  #forget(call: number): void {
    this.#waiting.delete(call);
    if (this.#waiting.size === 0) this.#replies.unref?.();
  }
}

function isPlain(value: unknown): boolean {
  return (
    (typeof value !== 'object' || value === null) &&
    typeof value !== 'function' &&
    typeof value !== 'symbol'
  );
}

function checkName(name: unknown): string {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`Expected name to be that of a published function, got ${describe(name)}`);
  }
  return name;
}
