import { Socket as NodeSocket } from 'node:net';
import { createHandle, enqueueHandle, type EventLoop, type Handle } from '@loop/core';
import type { StreamOwner } from '../backend/descriptor-owners.ts';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { receivedMemory } from './received-memory.ts';
import type { ChannelEvents, StreamChannel } from './stream-channel.ts';
import type { ExtraInfo } from './transport.ts';
import { writeSlab } from './write-slab.ts';

// Node reads on while its events wait for the loop to run; beyond this it is told to stop.
const MOST_WAITING = 256 * 1024;
const NO_ARGUMENTS: [] = [];

/** What else belongs to a stream of Node's. */
export interface ProactorChannelOptions {
  readonly kind: string;
  readonly extra: Partial<ExtraInfo>;
  /** Called once the stream is destroyed. */
  readonly onClose?: (() => void) | undefined;
}

/**
 * A connected stream socket of Node's, or another stream that shall be used like one.
 *
 * 1. What Node tells comes outside of the loop. It waits here, and each piece is handed on in a callback
 *    of the loop: data first, then the end or the failure.
 * 2. While nothing is to be read, data waits here and in Node, a bounded amount of it, and then in the
 *    kernel; the end and a failure are not told. A failure is told all the same when something waits
 *    to be written, or is written then.
 * 3. A write is pending until Node has given all of it to the kernel, which is nearly always at once.
 */
export class ProactorChannel implements StreamChannel {
  readonly kind: string;
  readonly canEnd = true;
  readonly extra: Partial<ExtraInfo>;
  readonly #loop: EventLoop;
  readonly #socket: NodeSocket;
  readonly #isSocket: boolean;
  readonly #events: ChannelEvents;
  readonly #onClose: (() => void) | null;
  readonly #onWritten = (error?: Error | null): void => this.#written(error ?? null);
  readonly #arrived: Buffer[] = [];
  #waiting = 0;
  #delivery: Handle | null = null;
  #delivering = false;
  #report: Handle | null = null;
  #reporting = false;
  #reading = false;
  #paused = true;
  #ended = false;
  #endTold = false;
  #failure: unknown = null;
  #pendingSeen = false;
  #discarded = false;
  #closed = false;

  /** Takes over `socket`, which is connected and paused. */
  constructor(
    loop: EventLoop,
    socket: NodeSocket,
    events: ChannelEvents,
    owner: StreamOwner,
    { kind, extra, onClose }: ProactorChannelOptions,
  ) {
    this.kind = kind;
    this.extra = extra;
    this.#loop = loop;
    this.#socket = socket;
    this.#isSocket = (socket as unknown) instanceof NodeSocket;
    this.#events = events;
    this.#onClose = onClose ?? null;
    nodeHandles(loop).add(socket, () => owner._drop());
    socket.on('error', (error) => this.#failed(error));
  }

  get pending(): number {
    return this.#discarded ? 0 : this.#socket.writableLength;
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading || this.#closed) return;
    this.#reading = reading;
    if (!reading) {
      this.#pause();
      return;
    }
    if (this.#delivery === null) this.#listen();
    if (this.#hasNews()) this.#deliverSoon();
    if (this.#waiting < MOST_WAITING) this.#resume();
  }

  write(data: Uint8Array): void {
    this.#write([data], data.length);
  }

  writev(pieces: readonly Uint8Array[]): void {
    let total = 0;
    for (const piece of pieces) total += piece.length;
    this.#write(pieces, total);
  }

  end(): void {
    if (this.#failure === null) this.#socket.end();
  }

  discard(): void {
    this.#discarded = true;
  }

  close(): void {
    if (this.#closed) return;
    const unread = this.#waiting > 0 || this.#socket.readableLength > 0;
    this.#closed = true;
    this.#reading = false;
    this.#arrived.length = 0;
    this.#delivery?.cancel();
    this.#report?.cancel();
    this.#destroy(unread);
    this.#onClose?.();
  }

  /**
   * The kernel answers a close with a reset where data has not been read; so it has to be where the data
   * is here and not in the kernel any more. Node can do that for TCP only. A stream without a descriptor
   * has to be told its end.
   */
  #destroy(unread: boolean): void {
    const socket = this.#socket;
    if (!this.#isSocket && socket.writable && !this.#discarded) {
      socket.end();
      return;
    }
    const canReset = socket.remotePort !== undefined && !socket.writableEnded && !socket.destroyed;
    if (unread && canReset) socket.resetAndDestroy();
    else socket.destroy();
  }

  #write(pieces: readonly Uint8Array[], total: number): void {
    const socket = this.#socket;
    if (this.#failure === null) {
      socket.write(writeSlab.stage(pieces, total), this.#onWritten);
      // Others may keep what they have written, for whoever reads it.
      if (!this.#isSocket) writeSlab.keep();
      if (socket.writableLength > 0) {
        writeSlab.keep();
        this.#pendingSeen = true;
        return;
      }
      // An error that comes at once is known at once.
      this.#failure = socket.errored;
    }
    if (this.#failure !== null) this.#tellFailure('send');
  }

  /** Node has given to the kernel what it was given, or will never. */
  #written(error: Error | null): void {
    // Errors come by an event of their own.
    if (error !== null || !this.#pendingSeen || this.#closed || this.#discarded) return;
    this.#reportSoon();
  }

  #listen(): void {
    this.#delivery = createHandle(this.#loop, () => this.#deliver(), NO_ARGUMENTS);
    this.#socket.on('data', (chunk: Buffer) => {
      this.#arrive(chunk);
      if (this.#waiting >= MOST_WAITING) this.#pause();
      if (this.#reading) this.#deliverSoon();
    });
    this.#socket.on('end', () => this.#end());
    // Whoever else has the stream may have destroyed it.
    this.#socket.on('close', () => this.#end());
  }

  #end(): void {
    this.#ended = true;
    if (this.#reading) this.#deliverSoon();
  }

  #arrive(chunk: Buffer): void {
    this.#arrived.push(chunk);
    this.#waiting += chunk.length;
    receivedMemory.count(chunk.length);
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    // What Node has read before is still there.
    for (let rest = this.#socket.read(); rest !== null; rest = this.#socket.read()) {
      this.#arrive(rest as Buffer);
    }
    this.#failure ??= error;
    if (this.#pendingSeen && !this.#discarded) this.#reportSoon();
    else if (this.#reading) this.#deliverSoon();
  }

  #hasNews(): boolean {
    return this.#waiting > 0 || this.#failure !== null || (this.#ended && !this.#endTold);
  }

  #deliverSoon(): void {
    if (this.#delivering || this.#delivery === null || this.#loop.isClosed()) return;
    this.#delivering = true;
    enqueueHandle(this.#loop, this.#delivery);
  }

  /** One piece of news. */
  #deliver(): void {
    this.#delivering = false;
    if (!this.#reading) return;
    try {
      if (this.#arrived.length > 0) this.#deliverData();
      else if (this.#failure !== null) this.#tellFailure('recv');
      else if (this.#ended && !this.#endTold) {
        this.#endTold = true;
        this.#events.ended();
      }
    } finally {
      if (this.#reading && this.#hasNews()) this.#deliverSoon();
      if (this.#reading && this.#waiting < MOST_WAITING) this.#resume();
    }
  }

  #deliverData(): void {
    const events = this.#events;
    const chunk = this.#arrived[0] as Buffer;
    const target = events.target();
    // Asking for a target can end it all.
    if (!this.#reading) return;
    if (target === null) {
      this.#arrived.shift();
      this.#waiting -= chunk.length;
      events.received(chunk);
      return;
    }
    const count = Math.min(target.length, chunk.length);
    target.set(count === chunk.length ? chunk : chunk.subarray(0, count));
    if (count === chunk.length) this.#arrived.shift();
    else this.#arrived[0] = chunk.subarray(count);
    this.#waiting -= count;
    events.filled(count);
  }

  #reportSoon(): void {
    if (this.#reporting || this.#loop.isClosed()) return;
    this.#reporting = true;
    this.#report ??= createHandle(this.#loop, () => this.#reportWritten(), NO_ARGUMENTS);
    enqueueHandle(this.#loop, this.#report);
  }

  #reportWritten(): void {
    this.#reporting = false;
    if (this.#closed) return;
    if (this.#failure !== null) {
      this.#tellFailure('send');
      return;
    }
    if (this.#socket.writableLength === 0) this.#pendingSeen = false;
    this.#events.wrote();
  }

  #tellFailure(syscall: 'recv' | 'send'): void {
    const what = syscall === 'recv' ? 'read' : 'write';
    const error = fromNodeError(this.#failure, syscall);
    this.#events.failed(error, `Fatal ${what} error on socket transport`);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#socket.resume();
  }
}
