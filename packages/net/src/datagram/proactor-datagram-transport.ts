import type { RemoteInfo, Socket as NodeDatagramSocket } from 'node:dgram';
import { createHandle, enqueueHandle, type EventLoop, type Handle, RuntimeError } from '@loop/core';
import { isExit } from '@loop/core/errors';
import { OSError, type SocketAddress } from '@loop/posix';
import { propertiesOfAddress } from '@loop/posix/internal';
import { fromNodeError } from '../backend/node-error.ts';
import { nodeHandles } from '../backend/node-handles.ts';
import { fromNodeAddress, toNodeTarget } from '../socket/node-address.ts';
import { FlowControl } from '../transport/flow-control.ts';
import type { BaseProtocol } from '../transport/protocol.ts';
import { notBytes } from '../transport/stream-traits.ts';
import { DatagramTransport, type ExtraInfo } from '../transport/transport.ts';
import { type SocketView, TransportSocket } from '../transport/transport-socket.ts';
import { writeSlab } from '../transport/write-slab.ts';
import { allowedTarget } from './allowed-target.ts';
import type { AnyDatagramProtocol } from './selector-datagram-transport.ts';

/** What has come from Node, and waits for the loop. */
type News = { readonly data: Buffer; readonly from: RemoteInfo } | { readonly error: OSError };

// Datagrams for a lost endpoint are dropped; from this one on each is worth a warning.
const LOST_SENDS = 5;
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
 * 3. Errors of the system are the protocol's to know (`errorReceived`), and change nothing.
 * 4. open → closing → lost, as for streams.
 */
export class ProactorDatagramTransport extends DatagramTransport {
  readonly #loop: EventLoop;
  readonly #socket: NodeDatagramSocket;
  readonly #view: SocketView;
  readonly #extra: Partial<ExtraInfo>;
  readonly #remote: SocketAddress | null;
  readonly #connected: boolean;
  readonly #flow: FlowControl;
  readonly #news: News[] = [];
  readonly #delivery: Handle;
  readonly #report: Handle;
  #protocol: AnyDatagramProtocol | null;
  #waiting = 0;
  #started = false;
  #delivering = false;
  #reporting = false;
  #pendingSeen = false;
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
    socket: NodeDatagramSocket,
    view: SocketView,
    protocol: AnyDatagramProtocol,
    remote: SocketAddress | null,
    ready: () => void,
  ) {
    super();
    this.#loop = loop;
    this.#socket = socket;
    this.#view = view;
    this.#protocol = protocol;
    this.#remote = remote;
    this.#flow = new FlowControl(loop, this);
    const peername = peerOf(view);
    this.#connected = peername !== null;
    this.#extra = { socket: new TransportSocket(view), sockname: view.getsockname(), peername };
    this.#delivery = createHandle(loop, () => this.#deliver(), []);
    this.#report = createHandle(loop, () => this.#reportSent(), []);
    nodeHandles(loop).add(socket, () => this._drop());
    socket.on('message', (data, from) => this.#arrived(data, from));
    socket.on('error', (error) => this.#failed(error, 'recvfrom'));
    loop.callSoon(() => this.#protocol?.connectionMade(this));
    loop.callSoon(() => {
      this.#started = true;
      this.#deliverSoon();
    });
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
    return `<${this.constructor.name} ${state} buffered=${this.getWriteBufferSize()}>`;
  }

  // Sending

  override sendto(data: Uint8Array, address?: SocketAddress | null): void {
    if (!(data instanceof Uint8Array)) throw notBytes(data);
    const target = allowedTarget(address ?? null, this.#remote);
    if (this.#lostScheduled) {
      this.#countLostSend();
      return;
    }
    try {
      this.#send(data, target);
    } catch (error) {
      this.#fatal(error, 'Fatal write error on datagram transport');
    }
  }

  override getWriteBufferSize(): number {
    if (this.#lostScheduled) return 0;
    return this.#socket.getSendQueueSize() + OVERHEAD * this.#socket.getSendQueueCount();
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
    this.#closing = true;
    this.#forget();
    if (this.getWriteBufferSize() === 0) this.#scheduleLost(null);
  }

  override abort(): void {
    this.#forceClose(null);
  }

  /**
   * Frees the socket, and calls nobody: the loop is closed.
   * @internal
   */
  _drop(): void {
    this.#closing = true;
    this.#lostScheduled = true;
    this.#forget();
    this.#release();
  }

  #send(data: Uint8Array, target: SocketAddress | null): void {
    const socket = this.#socket;
    const staged = writeSlab.stage([data], data.length);
    const sent = (error: Error | null): void => this.#sent(error, target);
    if (this.#connected) socket.send(staged, sent);
    else socket.send(staged, ...toNodeTarget(this.#view.family, target), sent);
    if (socket.getSendQueueCount() === 0) return;
    writeSlab.keep();
    this.#pendingSeen = true;
    if (this.#protocol !== null) this.#flow.grown(this.getWriteBufferSize(), this.#protocol);
  }

  #sent(error: Error | null, target: SocketAddress | null): void {
    if (this.#lostScheduled) return;
    if (error !== null) this.#failed(error, 'sendto', target);
    if (!this.#pendingSeen || this.#reporting || this.#loop.isClosed()) return;
    this.#reporting = true;
    enqueueHandle(this.#loop, this.#report);
  }

  #reportSent(): void {
    this.#reporting = false;
    if (this.#lostScheduled) return;
    const size = this.getWriteBufferSize();
    if (size === 0) this.#pendingSeen = false;
    if (this.#protocol !== null) this.#flow.drained(size, this.#protocol);
    if (this.#pendingSeen || !this.#closing || this.#lostScheduled) return;
    this.#lostScheduled = true;
    this.#lose(null);
  }

  #countLostSend(): void {
    this.#lostSends += 1;
    if (this.#lostSends >= LOST_SENDS) console.warn('socket.send() raised exception.');
  }

  // Receiving

  #arrived(data: Buffer, from: RemoteInfo): void {
    if (this.#closing || this.#waiting >= MOST_WAITING) return;
    this.#waiting += data.length + OVERHEAD;
    this.#news.push({ data, from });
    this.#deliverSoon();
  }

  #failed(error: Error, syscall: string, target: SocketAddress | null = null): void {
    const properties = propertiesOfAddress(target);
    const failure = fromNodeError(error, syscall, properties);
    if (this.#lostScheduled || !(failure instanceof OSError)) return;
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
      this.#protocol?.errorReceived(news.error);
      return;
    }
    this.#waiting -= news.data.length + OVERHEAD;
    const { address, port } = news.from;
    this.#protocol?.datagramReceived(news.data, fromNodeAddress(address, port));
  }

  #forget(): void {
    this.#news.length = 0;
    this.#waiting = 0;
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
    this.#forget();
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
      this.#release();
    }
  }

  #release(): void {
    this.#protocol = null;
    this.#delivery.cancel();
    this.#report.cancel();
    this.#socket.close();
  }
}

function peerOf(view: SocketView): SocketAddress | null {
  try {
    return view.getpeername();
  } catch {
    return null;
  }
}
