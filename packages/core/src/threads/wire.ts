/** What goes between a shared loop and the threads that call it. */
import * as errors from '../error/errors.ts';

/** What `loop.share()` gives: it can be posted to any number of workers, for `attachLoop` there. */
export interface LoopRef {
  /** Names the channels of the loop. */
  readonly id: string;
  /** Word `CLOSED` is 1 once the loop is closed, word `SENDERS` counts the threads that have attached. */
  readonly state: Int32Array;
}

export const CLOSED = 0;
export const SENDERS = 1;

/**
 * A broadcast channel delivers a message to each thread that has it open. Therefore a loop has several,
 * and a thread opens one of them: up to so many threads, none sees what another one says.
 */
export const CHANNELS = 16;

/** `call` numbers a coroutine whose outcome is wanted; `null` for a plain callback. */
export type Call = readonly [call: number | null, name: string, args: readonly unknown[]];

/** From a thread to the loop. Calls stand one behind the other, three items each: half of the time of an array each. */
export type ToLoop =
  | { readonly sender: number; readonly calls: readonly unknown[] }
  | { readonly sender: number; readonly cancel: number };

/** From the loop to the thread that asked, or to all: the loop is closed. */
export type ToSender =
  | { readonly to: number; readonly call: number; readonly ok: boolean; readonly value: unknown }
  | 'closed';

/** What is used of a `BroadcastChannel`, with what Node adds to it. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
  ref?(): void;
  unref?(): void;
}

/** Opens the channel of `sender` and of some others. */
export function openChannel(id: string, sender: number): Channel {
  const channel = new BroadcastChannel(`${id}:${sender % CHANNELS}`) as unknown as Channel;
  // It is not for a channel to keep a process alive.
  channel.unref?.();
  return channel;
}

/** Structured clone knows the language's errors only: others travel by name. */
interface NamedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly args: readonly unknown[] | undefined;
}

export function encodeError(error: unknown): NamedError | { readonly thrown: unknown } {
  if (!(error instanceof Error)) return { thrown: error };
  const { args } = error as { args?: readonly unknown[] };
  return { name: error.name, message: error.message, stack: error.stack, args };
}

export function decodeError(encoded: unknown): unknown {
  if ('thrown' in (encoded as object)) return (encoded as { thrown: unknown }).thrown;
  const { name, message, stack, args } = encoded as NamedError;
  const known =
    (errors as Record<string, unknown>)[name] ?? (globalThis as Record<string, unknown>)[name];
  const prototype =
    typeof known === 'function' && known.prototype instanceof Error
      ? known.prototype
      : Error.prototype;
  const error = Object.create(prototype) as Error;
  const values = { message, stack, ...(args === undefined ? {} : { args }) };
  for (const [key, value] of Object.entries(values)) {
    Object.defineProperty(error, key, { value, writable: true, configurable: true });
  }
  if (error.name !== name)
    Object.defineProperty(error, 'name', { value: name, configurable: true });
  return error;
}
