import { createHandle, type EventLoop } from '@loop/core';
import { OSError, type Socket, type SocketAddress } from '@loop/posix';
import { EAGAIN, EINTR, propertiesOfAddress } from '@loop/posix/internal';
import type { DescriptorOwner } from '../backend/descriptor-owners.ts';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import { TransportSocket } from '../transport/transport-socket.ts';
import type { DatagramChannel, DatagramEvents } from './datagram-channel.ts';
import { DatagramQueue } from './datagram-queue.ts';
import { DatagramReceiver } from './datagram-receiver.ts';

// Replies to one batch that are held back at most.
const MOST_REPLIES = 64;
const MOST_REPLY_BYTES = 64 * 1024;

/**
 * A datagram socket on the selector backend.
 *
 * 1. A datagram is sent at once while none waits; what the kernel does not take is copied, and sent in
 *    order when the socket is writable.
 * 2. Several datagrams may be received for one readiness. What the protocol sends while it gets them
 *    is held back until it has them all, and goes out by one call: within the same callback, so nobody
 *    but the protocol's own code can tell.
 */
export class SelectorDatagramChannel implements DatagramChannel {
  readonly extra: Partial<ExtraInfo>;
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #socket: Socket;
  readonly #fd: number;
  readonly #events: DatagramEvents;
  readonly #queue: DatagramQueue;
  readonly #receiver: DatagramReceiver;
  #reading = false;
  #writing = false;

  /** Takes `socket` over, which is open. */
  constructor(loop: EventLoop, socket: Socket, events: DatagramEvents, owner: DescriptorOwner) {
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#socket = socket;
    this.#fd = socket.fileno();
    this.#events = events;
    const peername = peerOf(socket);
    this.extra = { socket: new TransportSocket(socket), sockname: socket.getsockname(), peername };
    this.#queue = new DatagramQueue(this.#fd, socket.family, peername !== null);
    this.#receiver = new DatagramReceiver(this.#fd, socket.family);
    this.#backend.claim(this.#fd, owner);
  }

  // Sending

  send(data: Uint8Array, target: SocketAddress | null): void {
    const queue = this.#queue;
    if (holder === this) {
      queue.push(data, target);
      if (queue.length >= MOST_REPLIES || queue.size >= MOST_REPLY_BYTES) this.flush();
    } else if (queue.length > 0 || !this.#sendNow(data, target)) {
      queue.push(data, target);
      this.#awaitWritable();
    }
  }

  /** Ends what rule 2 begins. */
  flush(): void {
    if (holder !== this) return;
    holder = null;
    try {
      this.#drain();
    } finally {
      if (this.#queue.length > 0) this.#awaitWritable();
    }
  }

  get pending(): number {
    return holder === this ? 0 : this.#queue.size;
  }

  discard(): void {
    this.#queue.clear();
    this.#stopWriting();
  }

  close(): void {
    this.stop();
    this.discard();
    this.#backend.release(this.#fd);
    this.#socket.close();
  }

  /** Whether that is settled, be it by an error; otherwise the datagram has to wait. */
  #sendNow(data: Uint8Array, target: SocketAddress | null): boolean {
    let result: number;
    try {
      result = this.#queue.sendNow(data, target);
    } catch (error) {
      this.#sendFailed(error);
      return true;
    }
    if (isTemporary(result)) return false;
    if (result < 0) this.#sendFailed(sendError(result, target));
    return true;
  }

  #sendFailed(error: unknown): void {
    if (error instanceof OSError) this.#events.refused(error);
    else this.#events.failed(error, 'Fatal write error on datagram transport');
  }

  /** Sends what waits until the kernel takes no more. */
  #drain(): void {
    while (this.#queue.length > 0) {
      let error: unknown;
      try {
        const result = this.#queue.send();
        if (result > 0) continue;
        if (isTemporary(result)) return;
        error = sendError(result, null);
      } catch (thrown) {
        error = thrown;
      }
      this.#queue.drop();
      this.#sendFailed(error);
    }
  }

  #awaitWritable(): void {
    if (!this.#writing) {
      this.#writing = true;
      const handle = createHandle(this.#loop, () => this.#writable(), []);
      this.#backend.poller.setWriter(this.#socket, this.#fd, handle);
    }
    this.#events.delayed();
  }

  #writable(): void {
    this.#drain();
    if (this.#queue.length === 0) this.#stopWriting();
    this.#events.wrote();
  }

  #stopWriting(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#backend.poller.removeWriter(this.#fd);
  }

  // Receiving

  start(): void {
    this.#reading = true;
    const handle = createHandle(this.#loop, () => this.#readable(), []);
    this.#backend.poller.setReader(this.#socket, this.#fd, handle);
  }

  stop(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#backend.poller.removeReader(this.#fd);
  }

  #readable(): void {
    let count: number;
    try {
      count = this.#receiver.receive();
    } catch (error) {
      this.#events.failed(error, 'Fatal read error on datagram transport');
      return;
    }
    if (count === 1) this.#deliver(0);
    else if (count > 1) this.#deliverBatch(count);
    else if (!isTemporary(count)) {
      this.#events.refused(new OSError(count, { syscall: 'recvfrom' }));
    }
  }

  #deliverBatch(count: number): void {
    if (this.#queue.length === 0) hold(this, () => this.flush());
    let index = 0;
    try {
      while (index < count && this.#reading) {
        index += 1;
        this.#deliver(index - 1);
      }
    } finally {
      // The protocol has thrown: that is reported, and what is left comes in callbacks of its own.
      for (; index < count && this.#reading; index += 1) this.#deliverSoon(index);
      this.flush();
    }
  }

  #deliver(index: number): void {
    const data = this.#take(index);
    if (data !== null) this.#events.received(data, this.#receiver.address(index));
  }

  #deliverSoon(index: number): void {
    const data = this.#take(index);
    const address = this.#receiver.address(index);
    if (data === null) return;
    this.#loop.callSoon(() => {
      if (this.#reading) this.#events.received(data, address);
    });
  }

  /** There may be no memory for a copy. */
  #take(index: number): Buffer | null {
    try {
      return this.#receiver.data(index);
    } catch (error) {
      this.#events.failed(error, 'Fatal read error on datagram transport');
      return null;
    }
  }
}

/** Who holds back replies just now: one, since that ends within the callback. */
let holder: SelectorDatagramChannel | null = null;
let flushHolder: (() => void) | null = null;

function hold(channel: SelectorDatagramChannel, flush: () => void): void {
  holder = channel;
  // The protocol may end the process.
  if (flushHolder === null) process.once('exit', () => flushHolder?.());
  flushHolder = flush;
}

function isTemporary(result: number): boolean {
  return result === -EAGAIN || result === -EINTR;
}

function sendError(result: number, target: SocketAddress | null): OSError {
  return new OSError(result, { syscall: 'sendto', ...propertiesOfAddress(target) });
}

function peerOf(socket: Socket): SocketAddress | null {
  try {
    return socket.getpeername();
  } catch (error) {
    if (error instanceof OSError) return null;
    throw error;
  }
}
