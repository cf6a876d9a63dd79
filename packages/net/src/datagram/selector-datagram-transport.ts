import { createHandle, RuntimeError, type EventLoop } from '@loop/core';
import { isExit } from '@loop/core/errors';
import { OSError, type Socket, type SocketAddress } from '@loop/posix';
import { EAGAIN, EINTR, propertiesOfAddress } from '@loop/posix/internal';
import { type SelectorBackend, selectorBackend } from '../backend/selector-backend.ts';
import { FlowControl } from '../transport/flow-control.ts';
import type { BaseProtocol, DatagramProtocol } from '../transport/protocol.ts';
import { notBytes } from '../transport/stream-traits.ts';
import { DatagramTransport, type ExtraInfo } from '../transport/transport.ts';
import { TransportSocket } from '../transport/transport-socket.ts';
import { allowedTarget } from './allowed-target.ts';
import { DatagramQueue } from './datagram-queue.ts';
import { DatagramReceiver } from './datagram-receiver.ts';

/** Objects with the methods of a datagram protocol, however they came by them. */
export type AnyDatagramProtocol = Pick<
  DatagramProtocol,
  'connectionMade' | 'connectionLost' | 'datagramReceived' | 'errorReceived'
> &
  Partial<Pick<DatagramProtocol, 'pauseWriting' | 'resumeWriting'>>;

// Datagrams for a lost endpoint are dropped; from this one on each is worth a warning.
const LOST_SENDS = 5;
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
 * 3. Errors of the system are the protocol's to know (`errorReceived`), and change nothing.
 * 4. open → closing → lost, as for streams.
 *
 * @see CPython `asyncio.selector_events._SelectorDatagramTransport`
 */
export class SelectorDatagramTransport extends DatagramTransport {
  readonly #loop: EventLoop;
  readonly #backend: SelectorBackend;
  readonly #socket: Socket;
  readonly #fd: number;
  readonly #extra: Partial<ExtraInfo>;
  readonly #remote: SocketAddress | null;
  readonly #flow: FlowControl;
  readonly #queue: DatagramQueue;
  readonly #receiver: DatagramReceiver;
  #protocol: AnyDatagramProtocol | null;
  #reading = false;
  #writing = false;
  #closing = false;
  #lostScheduled = false;
  #lostSends = 0;

  /**
   * Takes `socket` over, which is open.
   *
   * @param remote - The only address to send to, `null` for any.
   * @param ready - Called when `connectionMade` has run and reading has started.
   */
  constructor(
    loop: EventLoop,
    socket: Socket,
    protocol: AnyDatagramProtocol,
    remote: SocketAddress | null,
    ready: () => void,
  ) {
    super();
    this.#loop = loop;
    this.#backend = selectorBackend(loop);
    this.#socket = socket;
    this.#fd = socket.fileno();
    this.#protocol = protocol;
    this.#remote = remote;
    this.#flow = new FlowControl(loop, this);
    const peername = peerOf(socket);
    this.#extra = { socket: new TransportSocket(socket), sockname: socket.getsockname(), peername };
    this.#queue = new DatagramQueue(this.#fd, socket.family, peername !== null);
    this.#receiver = new DatagramReceiver(this.#fd, socket.family);
    this.#backend.claim(this.#fd, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this));
    loop.callSoon(() => this.#startReading());
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    return name in this.#extra ? this.#extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    this.#protocol = protocol as unknown as AnyDatagramProtocol;
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as unknown as BaseProtocol<never> | null;
  }

  override toString(): string {
    const state = this.#lostScheduled ? 'closed' : this.#closing ? 'closing' : 'open';
    return `<${this.constructor.name} ${state} fd=${this.#fd} buffered=${this.getWriteBufferSize()}>`;
  }

  // Sending

  override sendto(data: Uint8Array, address?: SocketAddress | null): void {
    if (!(data instanceof Uint8Array)) throw notBytes(data);
    const target = allowedTarget(address ?? null, this.#remote);
    if (this.#lostScheduled) this.#countLostSend();
    else if (holder === this) {
      this.#queue.push(data, target);
      if (this.#queue.length >= MOST_REPLIES || this.#queue.size >= MOST_REPLY_BYTES) this.#flush();
    } else if (this.#queue.length > 0 || !this.#sendNow(data, target)) {
      this.#queue.push(data, target);
      this.#awaitWritable();
    }
  }

  override getWriteBufferSize(): number {
    return holder === this ? 0 : this.#queue.size;
  }

  override getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  override setWriteBufferLimits(high?: number | null, low?: number | null): void {
    this.#flow.setLimits(high, low);
    if (this.#protocol !== null) this.#flow.grown(this.getWriteBufferSize(), this.#protocol);
  }

  // Closing

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    if (this.#closing) return;
    this.#flush();
    this.#closing = true;
    this.#stopReading();
    if (this.#queue.length === 0) this.#scheduleLost(null);
  }

  override abort(): void {
    this.#flush();
    this.#forceClose(null);
  }

  /** @internal */
  _drop(): void {
    this.#closing = true;
    this.#lostScheduled = true;
    this.#stopReading();
    this.#stopWriting();
    this.#queue.clear();
    this.#socket.close();
    this.#protocol = null;
  }

  #countLostSend(): void {
    this.#lostSends += 1;
    if (this.#lostSends >= LOST_SENDS) console.warn('socket.send() raised exception.');
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
    if (error instanceof OSError) this.#protocol?.errorReceived(error);
    else this.#fatal(error, 'Fatal write error on datagram transport');
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

  /** Ends what rule 2 begins. */
  #flush(): void {
    if (holder !== this) return;
    holder = null;
    try {
      this.#drain();
    } finally {
      if (this.#queue.length > 0) this.#awaitWritable();
    }
  }

  #awaitWritable(): void {
    if (!this.#writing) {
      this.#writing = true;
      const handle = createHandle(this.#loop, () => this.#writable(), []);
      this.#backend.poller.setWriter(this.#socket, this.#fd, handle);
    }
    if (this.#protocol !== null) this.#flow.grown(this.#queue.size, this.#protocol);
  }

  #writable(): void {
    this.#drain();
    if (this.#protocol !== null) this.#flow.drained(this.#queue.size, this.#protocol);
    if (this.#queue.length > 0) return;
    this.#stopWriting();
    if (!this.#closing || this.#lostScheduled) return;
    this.#lostScheduled = true;
    this.#lose(null);
  }

  #stopWriting(): void {
    if (!this.#writing) return;
    this.#writing = false;
    this.#backend.poller.removeWriter(this.#fd);
  }

  // Receiving

  #startReading(): void {
    if (this.#closing) return;
    this.#reading = true;
    const handle = createHandle(this.#loop, () => this.#readable(), []);
    this.#backend.poller.setReader(this.#socket, this.#fd, handle);
  }

  #stopReading(): void {
    if (!this.#reading) return;
    this.#reading = false;
    this.#backend.poller.removeReader(this.#fd);
  }

  #readable(): void {
    let count: number;
    try {
      count = this.#receiver.receive();
    } catch (error) {
      this.#fatal(error, 'Fatal read error on datagram transport');
      return;
    }
    if (count === 1) this.#deliver(0);
    else if (count > 1) this.#deliverBatch(count);
    else if (!isTemporary(count)) {
      this.#protocol?.errorReceived(new OSError(count, { syscall: 'recvfrom' }));
    }
  }

  #deliverBatch(count: number): void {
    if (this.#queue.length === 0) hold(this, () => this.#flush());
    let index = 0;
    try {
      while (index < count && !this.#closing) {
        index += 1;
        this.#deliver(index - 1);
      }
    } finally {
      // The protocol has thrown: that is reported, and what is left comes in callbacks of its own.
      for (; index < count && !this.#closing; index += 1) this.#deliverSoon(index);
      this.#flush();
    }
  }

  #deliver(index: number): void {
    const data = this.#take(index);
    if (data !== null) this.#protocol?.datagramReceived(data, this.#receiver.address(index));
  }

  #deliverSoon(index: number): void {
    const data = this.#take(index);
    const address = this.#receiver.address(index);
    if (data === null) return;
    this.#loop.callSoon(() => {
      if (!this.#closing) this.#protocol?.datagramReceived(data, address);
    });
  }

  /** There may be no memory for a copy. */
  #take(index: number): Buffer | null {
    try {
      return this.#receiver.data(index);
    } catch (error) {
      this.#fatal(error, 'Fatal read error on datagram transport');
      return null;
    }
  }

  // The end

  #fatal(error: unknown, message: string): void {
    if (isExit(error)) throw error;
    this.#loop.callExceptionHandler({
      message,
      exception: error,
      transport: this,
      protocol: this.#protocol,
    });
    this.#forceClose(error instanceof Error ? error : new RuntimeError(message, { cause: error }));
  }

  #forceClose(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#closing = true;
    this.#stopReading();
    this.#stopWriting();
    this.#queue.clear();
    this.#scheduleLost(error);
  }

  #scheduleLost(error: Error | null): void {
    this.#lostScheduled = true;
    this.#loop.callSoon(() => this.#lose(error));
  }

  #lose(error: Error | null): void {
    try {
      this.#protocol?.connectionLost(error);
    } finally {
      this.#backend.release(this.#fd);
      this.#socket.close();
      this.#protocol = null;
    }
  }
}

/** Who holds back replies just now: one, since that ends within the callback. */
let holder: SelectorDatagramTransport | null = null;
let flushHolder: (() => void) | null = null;

function hold(transport: SelectorDatagramTransport, flush: () => void): void {
  holder = transport;
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
