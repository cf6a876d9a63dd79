import { checkCallback } from '../error/check-argument.ts';
import { describe } from '../error/describe.ts';
import { LookupError } from '../error/errors.ts';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Future } from '../future/future.ts';
import { isCoroutine, isPromiseLike, type Coroutine } from '../task/task-body.ts';
import {
  CHANNELS,
  CLOSED,
  encodeError,
  openChannel,
  type Call,
  type Channel,
  type LoopRef,
  type ToLoop,
  type ToSender,
} from './wire.ts';

/** A function that a loop lets other threads call. */
export type Published = (...args: never[]) => unknown;

/**
 * The loop's side of being shared: functions by name, and channels that workers call them through.
 *
 * 1. Calls of one worker run in its order: each message is taken apart here, call by call.
 * 2. A channel never keeps the process alive; a running loop does.
 * 3. Closing says so in shared memory first: a worker's next call throws.
 */
export class SharedLoop {
  readonly ref: LoopRef;
  readonly #loop: EventLoop;
  readonly #published: ReadonlyMap<string, Published>;
  readonly #channels: readonly Channel[];
  /** Coroutines that a worker waits for, by `keyOf`. */
  readonly #tasks = new Map<string, Future>();

  constructor(loop: EventLoop, published: ReadonlyMap<string, Published>) {
    this.#loop = loop;
    this.#published = published;
    const id = crypto.randomUUID();
    this.ref = { id, state: new Int32Array(new SharedArrayBuffer(8)) };
    this.#channels = Array.from({ length: CHANNELS }, (_, index) => {
      const channel = openChannel(id, index);
      channel.onmessage = (event) => this.#receive(event.data as ToLoop);
      return channel;
    });
  }

  close(): void {
    Atomics.store(this.ref.state, CLOSED, 1);
    this.#tasks.clear();
    for (const channel of this.#channels) {
      channel.postMessage('closed' satisfies ToSender);
      channel.close();
    }
  }

  #receive(message: ToLoop): void {
    if ('cancel' in message) {
      const task = this.#tasks.get(keyOf(message.sender, message.cancel));
      if (task !== undefined) this.#loop.callSoonThreadsafe(() => task.cancel());
      return;
    }
    const { sender, calls } = message;
    for (let i = 0; i < calls.length; i += 3) {
      this.#take(sender, calls[i] as Call[0], calls[i + 1] as Call[1], calls[i + 2] as Call[2]);
    }
  }

  #take(sender: number, call: Call[0], name: Call[1], args: Call[2]): void {
    const fn = this.#published.get(name);
    if (fn === undefined) {
      const error = new LookupError(
        `no function is published as ${JSON.stringify(name)}; there are ${[...this.#published.keys()].join(', ') || 'none'}`,
      );
      if (call !== null) this.#reply(sender, call, false, encodeError(error));
      else this.#loop.callExceptionHandler({ message: error.message, exception: error });
    } else if (call === null) {
      this.#loop.callSoonThreadsafe(fn as (...args: readonly unknown[]) => unknown, ...args);
    } else {
      const body = (): unknown => fn(...(args as never[]));
      this.#loop.callSoonThreadsafe(() => this.#start(sender, call, body));
    }
  }

  /** Runs a published coroutine as a task; a plain function's result is its outcome. */
  #start(sender: number, call: number, body: () => unknown): void {
    const task = this.#loop.createTask(() => asCoroutine(body()));
    const key = keyOf(sender, call);
    this.#tasks.set(key, task);
    task.addDoneCallback(() => {
      if (!this.#tasks.delete(key)) return;
      try {
        this.#reply(sender, call, true, task.result());
      } catch (error) {
        this.#reply(sender, call, false, encodeError(error));
      }
    });
  }

  #reply(to: number, call: number, ok: boolean, value: unknown): void {
    const channel = this.#channels[to % CHANNELS];
    try {
      channel?.postMessage({ to, call, ok, value } satisfies ToSender);
    } catch (error) {
      channel?.postMessage({ to, call, ok: false, value: encodeError(error) } satisfies ToSender);
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

function keyOf(sender: number, call: number): string {
  return `${sender} ${call}`;
}
