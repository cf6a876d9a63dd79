import type { RemoteInfo, Socket as NodeDatagramSocket } from 'node:dgram';
import { createHandle, enqueueHandle, type EventLoop, type Handle } from '@loop/core';
import { OSError, type SocketAddress } from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import type { StreamOwner } from '../backend/descriptor-owners.ts';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { fromNodeAddress, toNodeDestination } from '../socket/node-address.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import { type SocketView, TransportSocket } from '../transport/transport-socket.ts';
import { writeSlab } from '../transport/write-slab.ts';
import type { DatagramChannel, DatagramEvents } from './datagram-channel.ts';

/** What has come from Node, and waits for the loop. */
type News = { readonly data: Buffer; readonly from: RemoteInfo } | { readonly error: OSError };

// The reference counts so many bytes for each datagram besides its own.
const OVERHEAD = 8;
// A kernel keeps no more for who does not receive, and Node cannot be told to stop.
const MOST_WAITING = 256 * 1024;

/**
 * A UDP socket of Node's.
 *
 * 1. What Node tells comes outside of the loop, and is handed on in callbacks of the loop. While the loop
 *    does not run what comes is kept up to a limit, and then lost, as it would be in the kernel.
 * 2. A datagram is pending until the kernel has taken it, which is nearly always at once.
 */
export class ProactorDatagramChannel implements DatagramChannel {
  readonly extra: Partial<ExtraInfo>;
  readonly #loop: EventLoop;
  readonly #socket: NodeDatagramSocket;
  readonly #view: SocketView;
  readonly #events: DatagramEvents;
  readonly #connected: boolean;
  readonly #news: News[] = [];
  readonly #delivery: Handle;
  readonly #report: Handle;
  #waiting = 0;
  #started = false;
  #stopped = false;
  #delivering = false;
  #reporting = false;
  #pendingSeen = false;
  #closed = false;

  /** Takes `socket` over, which is open. */
  constructor(
    loop: EventLoop,
    socket: NodeDatagramSocket,
    view: SocketView,
    events: DatagramEvents,
    owner: StreamOwner,
  ) {
    this.#loop = loop;
    this.#socket = socket;
    this.#view = view;
    this.#events = events;
    const peername = peerOf(view);
    this.#connected = peername !== null;
    this.extra = { socket: new TransportSocket(view), sockname: view.getsockname(), peername };
    this.#delivery = createHandle(loop, () => this.#deliver(), []);
    this.#report = createHandle(loop, () => this.#reportSent(), []);
    nodeHandles(loop).add(socket, () => owner._drop());
    socket.on('message', (data, from) => this.#arrived(data, from));
    socket.on('error', (error) => this.#failed(error, 'recvfrom'));
  }

  // Sending

  send(data: Uint8Array, target: SocketAddress | null): void {
    try {
      this.#send(data, target);
    } catch (error) {
      if (error instanceof OSError) this.#failed(error, 'sendto', target);
      else this.#events.failed(error, 'Fatal write error on datagram transport');
    }
  }

  /** Nothing is held back. */
  flush(): void {}

  get pending(): number {
    if (this.#closed) return 0;
    return this.#socket.getSendQueueSize() + OVERHEAD * this.#socket.getSendQueueCount();
  }

  /** What Node has it sends; nobody hears of it any more. */
  discard(): void {
    this.#pendingSeen = false;
    this.#report.cancel();
  }

  close(): void {
    if (this.#closed) return;
    this.stop();
    this.#closed = true;
    this.#delivery.cancel();
    this.#report.cancel();
    this.#socket.close();
  }

  #send(data: Uint8Array, target: SocketAddress | null): void {
    const socket = this.#socket;
    const staged = writeSlab.stage([data], data.length);
    const sent = (error: Error | null): void => this.#sent(error, target);
    if (this.#connected) socket.send(staged, sent);
    else socket.send(staged, ...toNodeDestination(this.#view.family, target, 'sendto'), sent);
    if (socket.getSendQueueCount() === 0) return;
    writeSlab.keep();
    this.#pendingSeen = true;
    this.#events.delayed();
  }

  #sent(error: Error | null, target: SocketAddress | null): void {
    if (this.#closed) return;
    if (error !== null) this.#failed(error, 'sendto', target);
    if (!this.#pendingSeen || this.#reporting || this.#loop.isClosed()) return;
    this.#reporting = true;
    enqueueHandle(this.#loop, this.#report);
  }

  #reportSent(): void {
    this.#reporting = false;
    if (this.pending === 0) this.#pendingSeen = false;
    this.#events.wrote();
  }

  // Receiving

  start(): void {
    this.#started = true;
    this.#deliverSoon();
  }

  stop(): void {
    this.#stopped = true;
    this.#news.length = 0;
    this.#waiting = 0;
  }

  #arrived(data: Buffer, from: RemoteInfo): void {
    if (this.#stopped || this.#waiting >= MOST_WAITING) return;
    this.#waiting += data.length + OVERHEAD;
    this.#news.push({ data, from });
    this.#deliverSoon();
  }

  #failed(error: Error, syscall: string, target: SocketAddress | null = null): void {
    const properties = propertiesOfAddress(target);
    const failure = fromNodeError(error, syscall, properties);
    if (this.#closed || !(failure instanceof OSError)) return;
    this.#news.push({ error: failure });
    this.#deliverSoon();
  }

  #deliverSoon(): void {
    const idle = this.#started && !this.#delivering && this.#news.length > 0;
    if (!idle || this.#loop.isClosed()) return;
    this.#delivering = true;
    enqueueHandle(this.#loop, this.#delivery);
  }

  /** What has come by now; after an exception of the protocol's the rest comes in the next iteration. */
  #deliver(): void {
    this.#delivering = false;
    try {
      for (let left = this.#news.length; left > 0 && this.#news.length > 0; left -= 1) {
        this.#tell(this.#news.shift() as News);
      }
    } finally {
      this.#deliverSoon();
    }
  }

  #tell(news: News): void {
    if ('error' in news) {
      this.#events.refused(news.error);
      return;
    }
    this.#waiting -= news.data.length + OVERHEAD;
    const { address, port } = news.from;
    this.#events.received(news.data, fromNodeAddress(address, port));
  }
}

function peerOf(view: SocketView): SocketAddress | null {
  try {
    return view.getpeername();
  } catch {
    return null;
  }
}
