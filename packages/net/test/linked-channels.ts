import type { EventLoop } from '@loop/core';
import type { ChannelEvents, StreamChannel } from '../src/transport/stream-channel.ts';

/** What a channel of a linked pair can be told by a test. */
export interface LinkOptions {
  /** The most bytes that arrive in one event. */
  readonly chunk?: () => number;
  /** Changes bytes on their way. */
  readonly mangle?: (data: Buffer) => Buffer;
}

/** One end of a stream in memory: what is written here arrives at the other end, in callbacks of the loop. */
export class LinkedChannel implements StreamChannel {
  readonly extra = { sockname: 'near', peername: 'far' };
  readonly kind = 'link';
  readonly canEnd = true;
  events!: ChannelEvents;
  peer!: LinkedChannel;
  /** Bytes that the peer has not taken may wait here; more are pending. */
  room = Infinity;
  closed = false;
  reading = false;
  /** How many writes there were. */
  writes = 0;
  readonly #loop: EventLoop;
  readonly #options: LinkOptions;
  #arrived = Buffer.alloc(0);
  #waiting = Buffer.alloc(0);
  #ended = false;
  #endTold = false;
  #scheduled = false;

  constructor(loop: EventLoop, options: LinkOptions) {
    this.#loop = loop;
    this.#options = options;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  setReading(reading: boolean): void {
    this.reading = reading;
    this.#schedule();
  }

  write(data: Uint8Array): void {
    this.writes += 1;
    const { mangle } = this.#options;
    const copy = mangle === undefined ? Buffer.from(data) : mangle(Buffer.from(data));
    this.#waiting = Buffer.concat([this.#waiting, copy]);
    this.pass();
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.write(Buffer.concat(pieces));
  }

  end(): void {
    this.peer.#arrive(Buffer.alloc(0), true);
  }

  discard(): void {
    this.#waiting = Buffer.alloc(0);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.end();
  }

  /** Lets as much pass as there is room for. */
  pass(): void {
    const count = Math.min(this.room, this.#waiting.length);
    if (count === 0) return;
    this.room -= count;
    this.peer.#arrive(this.#waiting.subarray(0, count), false);
    this.#waiting = this.#waiting.subarray(count);
  }

  #arrive(data: Buffer, ended: boolean): void {
    this.#arrived = Buffer.concat([this.#arrived, data]);
    this.#ended ||= ended;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || !this.reading || this.closed) return;
    if (this.#arrived.length === 0 && (!this.#ended || this.#endTold)) return;
    this.#scheduled = true;
    this.#loop.callSoon(() => {
      this.#scheduled = false;
      if (!this.reading || this.closed) return;
      this.#deliver();
      this.#schedule();
    });
  }

  #deliver(): void {
    if (this.#arrived.length === 0) {
      this.#endTold = true;
      this.events.ended();
      return;
    }
    const most = Math.max(1, this.#options.chunk?.() ?? Infinity);
    const target = this.events.target();
    const count = Math.min(most, this.#arrived.length, target?.length ?? Infinity);
    const data = this.#arrived.subarray(0, count);
    this.#arrived = this.#arrived.subarray(count);
    if (target === null) this.events.received(Buffer.from(data));
    else {
      target.set(data);
      this.events.filled(count);
    }
  }
}

/** Two ends of one stream. */
export function linkedChannels(
  loop: EventLoop,
  options: LinkOptions = {},
): [LinkedChannel, LinkedChannel] {
  const pair: [LinkedChannel, LinkedChannel] = [
    new LinkedChannel(loop, options),
    new LinkedChannel(loop, options),
  ];
  pair[0].peer = pair[1];
  pair[1].peer = pair[0];
  return pair;
}
