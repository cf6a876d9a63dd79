import { checkCallback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { LookupError } from '../error/errors.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Future } from '../future/future.ts';
import { isCoroutine, isPromiseLike, type Coroutine } from '../task/task-body.ts';
import {
  encodeError,
  openChannel,
  type CallMessage,
  type Channel,
  type LoopRef,
  type ToLoop,
  type ToSender,
} from './wire.ts';

/** A function that a loop lets other threads call. */
export type Published = (...args: never[]) => unknown;

/**
 * The loop's side of being shared: functions by name, and a channel that workers call them through.
 *
 * 1. Calls of one worker run in its order: each message is taken apart here, call by call.
 * 2. The channel never keeps the process alive; a running loop does.
 * 3. Closing says so in shared memory first: a worker's next call throws.
 */
export class SharedLoop {
  readonly ref: LoopRef;
  readonly #loop: EventLoop;
  readonly #published: ReadonlyMap<string, Published>;
  readonly #calls: Channel;
  readonly #replies: Channel;
  readonly #tasks = new Map<string, Future>();

  constructor(loop: EventLoop, published: ReadonlyMap<string, Published>) {
    this.#loop = loop;
    this.#published = published;
    this.ref = { id: crypto.randomUUID(), state: new Int32Array(new SharedArrayBuffer(4)) };
    this.#calls = openChannel(`${this.ref.id}:calls`);
    this.#replies = openChannel(`${this.ref.id}:replies`);
    this.#calls.onmessage = (event) => this.#receive(event.data as ToLoop);
  }

  close(): void {
    Atomics.store(this.ref.state, 0, 1);
    this.#replies.postMessage('closed' satisfies ToSender);
    this.#tasks.clear();
    this.#calls.close();
    this.#replies.close();
  }

  #receive(message: ToLoop): void {
    if ('cancel' in message) {
      const task = this.#tasks.get(keyOf(message.sender, message.cancel));
      if (task !== undefined) this.#loop.callSoonThreadsafe(() => task.cancel());
      return;
    }
    for (const call of message.calls) this.#take(message.sender, call);
  }

  #take(sender: string, [call, name, args]: CallMessage): void {
    const fn = this.#published.get(name);
    if (fn === undefined) {
      const error = new LookupError(
        `no function is published as ${JSON.stringify(name)}; there are ${[...this.#published.keys()].join(', ') || 'none'}`,
      );
      if (call !== null) this.#reply(keyOf(sender, call), false, encodeError(error));
      else this.#loop.callExceptionHandler({ message: error.message, exception: error });
    } else if (call === null) {
      this.#loop.callSoonThreadsafe(fn as (...args: readonly unknown[]) => unknown, ...args);
    } else {
      const body = (): unknown => fn(...(args as never[]));
      this.#loop.callSoonThreadsafe(() => this.#start(keyOf(sender, call), body));
    }
  }

  /** Runs a published coroutine as a task; a plain function's result is its outcome. */
  #start(key: string, body: () => unknown): void {
    const task = this.#loop.createTask(() => asCoroutine(body()));
    this.#tasks.set(key, task);
    task.addDoneCallback(() => {
      if (!this.#tasks.delete(key)) return;
      try {
        this.#reply(key, true, task.result());
      } catch (error) {
        this.#reply(key, false, encodeError(error));
      }
    });
  }

  #reply(key: string, ok: boolean, value: unknown): void {
    const [to = '', call = ''] = key.split(' ');
    const head = { to, call: Number(call) };
    try {
      this.#replies.postMessage({ ...head, ok, value });
    } catch (error) {
      this.#replies.postMessage({ ...head, ok: false, value: encodeError(error) });
    }
  }
}

/** @throws {TypeError} `name` is no string, or `fn` cannot be called. */
export function checkPublished(name: unknown, fn: unknown): void {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`Expected name to be a string, got ${describe(name)}`);
  }
  checkCallback(fn, 'publish');
}

/** What a published function returned, as a task's body has to. */
function asCoroutine(result: unknown): PromiseLike<unknown> | Coroutine<unknown> {
  return isCoroutine(result) || isPromiseLike(result) ? result : Promise.resolve(result);
}

function keyOf(sender: string, call: number): string {
  return `${sender} ${call}`;
}
