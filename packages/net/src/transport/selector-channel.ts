import { createHandle, type EventLoop, type Handle } from '@loop/core';
import { OSError, type Socket, type SocketAddress } from '@loop/posix';
import {
  EAGAIN,
  EINTR,
  tryRecvInto,
  tryRecvPinned,
  trySend,
  tryWritev,
} from '@loop/posix/internal';
import type { StreamOwner } from '../backend/descriptor-owners.ts';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import { readSlab } from './read-slab.ts';
import type { ChannelEvents, StreamChannel } from './stream-channel.ts';
import type { ExtraInfo } from './transport.ts';
import { TransportSocket } from './transport-socket.ts';
import type { BatchedWriter, WriteBatch } from './write-batch.ts';
import { WriteQueue } from './write-queue.ts';

const SHUT_WR = 1;
const NO_ARGUMENTS: [] = [];
/** The queue of those that have nothing in it. */
const EMPTY = new WriteQueue();

/**
 * A connected stream socket on the selector backend.
 *
 * 1. A write is tried at once while nothing waits, a small one perhaps together with those of other
 *    connections ({@link WriteBatch}); what the kernel does not take is copied, and sent when the
 *    socket is writable.
 * 2. One receive for each readiness: level-triggered, so what is left comes in the next iteration and
 *    no connection starves the others.
 */
export class SelectorChannel implements StreamChannel, BatchedWriter {
  readonly extra: Partial<ExtraInfo>;
  readonly kind = 'socket';
  readonly canEnd = true;
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #socket: Socket;
  readonly #fd: number;
  readonly #events: ChannelEvents;
  readonly #batch: WriteBatch | null;
  /** @internal */
  batched = false;
  // Few connections ever have to wait: one of their own is made when they do.
  #queue = EMPTY;
  // Reading and writing are switched often: kept from one time to the next, a writer if there is ever one.
  readonly #onReadable = (): void => this.#readable();
  #onWritable: (() => void) | null = null;
  #reading = false;
  #writing = false;
  #ending = false;
  #closed = false;

  /** Takes `socket` over. */
  constructor(
    loop: EventLoop,
    socket: Socket,
    events: ChannelEvents,
    owner: StreamOwner,
    extra: Partial<ExtraInfo> = {},
  ) {
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#socket = socket;
    this.#fd = socket.fileno();
    this.#events = events;
    this.#batch = this.#backend.poller.writes;
    const { peername = addressOr(() => socket.getpeername()) } = extra;
    const sockname = addressOr(() => socket.getsockname()) ?? '';
    this.extra = { socket: new TransportSocket(socket), sockname, ...extra, peername };
    this.#backend.claim(this.#fd, owner);
  }

  get pending(): number {
    this.flush();
    return this.#queue.size;
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading || this.#closed) return;
    this.#reading = reading;
    const { poller } = this.#backend;
    if (reading) poller.setReader(this.#socket, this.#fd, this.#handle(this.#onReadable));
    else poller.removeReader(this.#fd);
  }

  write(data: Uint8Array): void {
    if (this.#queue.size > 0) {
      this.#keep(data);
      return;
    }
    const batch = this.#batch;
    if (batch !== null && batch.add(this, this.#fd, data)) return;
    if (this.#queue.size > 0) {
      // What was in the batch could not be sent.
      this.#keep(data);
      return;
    }
    const sent = trySend(this.#fd, data, 0, data.length, 0);
    if (sent === data.length) return;
    if (sent < 0 && !isTemporary(sent)) {
      this.#writeFailed(sent);
      return;
    }
    this.#keep(data, Math.max(sent, 0));
    this.#awaitWritable();
  }

  writev(pieces: readonly Uint8Array[]): void {
    const first = pieces[0] as Uint8Array;
    if (pieces.length === 1) {
      this.write(first);
      return;
    }
    this.flush();
    let sent = 0;
    if (this.#queue.size === 0) {
      sent = tryWritev(this.#fd, pieces);
      if (sent < 0 && !isTemporary(sent)) {
        this.#writeFailed(sent);
        return;
      }
    }
    let skip = Math.max(sent, 0);
    for (const piece of pieces) {
      if (skip < piece.length) this.#keep(piece, skip);
      skip = Math.max(0, skip - piece.length);
    }
    if (this.#queue.size > 0) this.#awaitWritable();
  }

  /** Sends what is in the batch, in order to see what becomes of it or to do something after it. */
  flush(): void {
    if (this.batched) this.#batch?.flush();
  }

  /** @internal */
  unsent(error: number, rest: Uint8Array): void {
    if (this.#closed) return;
    if (error < 0 && !isTemporary(error)) {
      this.#writeFailed(error);
      return;
    }
    this.#keep(rest);
    this.#awaitWritable();
    this.#events.delayed?.();
  }

  end(): void {
    this.#ending = true;
    this.flush();
    if (this.#queue.size === 0) this.#shutdown();
  }

  discard(): void {
    this.flush();
    this.#queue.clear();
    this.#stopWriting();
  }

  close(): void {
    if (this.#closed) return;
    this.setReading(false);
    this.discard();
    this.#closed = true;
    this.#backend.release(this.#fd);
    this.#socket.close();
  }

  #readable(): void {
    const events = this.#events;
    const target = events.target();
    if (target === null) {
      if (!this.#reading) return;
      const { memory } = readSlab;
      const count = tryRecvPinned(this.#fd, memory, readSlab.offset, readSlab.room, 0);
      if (count > 0) events.received(readSlab.take(count));
      else this.#readNothing(count);
      return;
    }
    const count = tryRecvInto(this.#fd, target, 0, target.length, 0);
    if (count > 0) events.filled(count);
    else this.#readNothing(count);
  }

  #readNothing(result: number): void {
    if (result === 0) this.#events.ended();
    else if (!isTemporary(result)) {
      this.#events.failed(
        new OSError(result, { syscall: 'recv' }),
        'Fatal read error on socket transport',
      );
    }
  }

  #writable(): void {
    const queue = this.#queue;
    const sent = tryWritev(this.#fd, queue.pieces, queue.offset);
    if (sent < 0) {
      if (!isTemporary(sent)) this.#writeFailed(sent);
      return;
    }
    queue.drop(sent);
    if (queue.size === 0) {
      this.#stopWriting();
      if (this.#ending) this.#shutdown();
    }
    this.#events.wrote();
  }

  #keep(data: Uint8Array, start = 0): void {
    if (this.#queue === EMPTY) this.#queue = new WriteQueue();
    this.#queue.push(data, start);
  }

  #awaitWritable(): void {
    if (this.#writing) return;
    this.#writing = true;
    this.#onWritable ??= () => this.#writable();
    this.#backend.poller.setWriter(this.#socket, this.#fd, this.#handle(this.#onWritable));
  }

  #stopWriting(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#backend.poller.removeWriter(this.#fd);
  }

  #shutdown(): void {
    try {
      this.#socket.shutdown(SHUT_WR);
    } catch (error) {
      // The peer was quicker: there is nothing left to shut down.
      if (!(error instanceof OSError) || error.code !== 'ENOTCONN') throw error;
    }
  }

  #writeFailed(result: number): void {
    this.#events.failed(
      new OSError(result, { syscall: 'send' }),
      'Fatal write error on socket transport',
    );
  }

  #handle(callback: () => void): Handle {
    return createHandle(this.#loop, callback, NO_ARGUMENTS);
  }
}

function isTemporary(result: number): boolean {
  return result === -EAGAIN || result === -EINTR;
}

function addressOr(get: () => unknown): SocketAddress | null {
  try {
    return get() as SocketAddress;
  } catch {
    return null;
  }
}
