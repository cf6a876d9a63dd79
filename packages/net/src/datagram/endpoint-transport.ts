import { RuntimeError, type EventLoop } from '@loop/core';
import { isExit } from '@loop/core/errors';
import type { OSError, SocketAddress } from '@loop/posix';
import { checkMethods } from '../check-options.ts';
import type { DatagramSource } from '../backend/backend.ts';
import { FlowControl } from '../transport/flow-control.ts';
import type { BaseProtocol, DatagramProtocol } from '../transport/protocol.ts';
import { notBytes, PLAIN } from '../transport/stream-traits.ts';
import { DatagramTransport, type ExtraInfo } from '../transport/transport.ts';
import { allowedTarget } from './allowed-target.ts';
import type { DatagramChannel, DatagramEvents } from './datagram-channel.ts';

/** Objects with the methods of a datagram protocol, however they came by them. */
export type AnyDatagramProtocol = Pick<
  DatagramProtocol,
  'connectionMade' | 'connectionLost' | 'datagramReceived' | 'errorReceived'
> &
  Partial<Pick<DatagramProtocol, 'pauseWriting' | 'resumeWriting'>>;

// Datagrams for a lost endpoint are dropped; from this one on each is worth a warning.
const LOST_SENDS = 5;

/**
 * A datagram socket between a protocol and a channel: the one state machine of all of them.
 *
 * 1. open → closing → lost, as for streams: `close()` lets what is pending be sent, `abort()` and fatal
 *    errors drop it, and both lead to `connectionLost`, exactly once.
 * 2. Errors of the system are the protocol's to know (`errorReceived`), and change nothing.
 * 3. What the protocol throws is a callback's error, and changes nothing either.
 *
 * @see CPython `asyncio.selector_events._SelectorDatagramTransport`
 */
export class EndpointTransport extends DatagramTransport implements DatagramEvents {
  readonly #loop: EventLoop;
  readonly #channel: DatagramChannel;
  readonly #remote: SocketAddress | null;
  readonly #flow: FlowControl;
  #protocol: AnyDatagramProtocol | null;
  #closing = false;
  #lostScheduled = false;
  #lostSends = 0;

  /**
   * Takes the socket of `source` over.
   *
   * @param remote - The only address to send to, `null` for any.
   * @param ready - Called when `connectionMade` has run and receiving has started.
   */
  constructor(
    loop: EventLoop,
    source: DatagramSource,
    protocol: AnyDatagramProtocol,
    remote: SocketAddress | null,
    ready: () => void,
  ) {
    super();
    this.#loop = loop;
    this.#protocol = protocol;
    this.#remote = remote;
    this.#flow = new FlowControl(loop, this);
    this.#channel = source.open(this, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this));
    loop.callSoon(() => {
      if (!this.#closing) this.#channel.start();
    });
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const { extra } = this.#channel;
    return Object.hasOwn(extra, name) ? extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    checkMethods(protocol, 'protocol', 'a protocol', 'connectionLost');
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
    if (this.#lostScheduled) this.#countLostSend();
    else this.#channel.send(data, target);
  }

  override getWriteBufferSize(): number {
    return this.#lostScheduled ? 0 : this.#channel.pending;
  }

  override getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  override setWriteBufferLimits(high?: number | null, low?: number | null): void {
    this.#flow.setLimits(high, low);
    this.delayed();
  }

  // Closing

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    if (this.#closing) return;
    this.#channel.flush();
    this.#closing = true;
    this.#channel.stop();
    if (this.#channel.pending === 0) this.#scheduleLost(null);
  }

  override abort(): void {
    this.#channel.flush();
    this.#forceClose(null);
  }

  /** @internal */
  _drop(): void {
    this.#closing = true;
    this.#lostScheduled = true;
    this.#release();
  }

  // What the channel tells

  /** @internal */
  received(data: Buffer, from: SocketAddress): void {
    this.#protocol?.datagramReceived(data, from);
  }

  /** @internal */
  refused(error: OSError): void {
    if (!this.#lostScheduled) this.#protocol?.errorReceived(error);
  }

  /** @internal */
  failed(error: unknown, message: string): void {
    if (isExit(error)) throw error;
    this.#loop.callExceptionHandler({
      message,
      exception: error,
      transport: this,
      protocol: this.#protocol,
    });
    this.#forceClose(error instanceof Error ? error : new RuntimeError(message, { cause: error }));
  }

  /** @internal */
  delayed(): void {
    if (this.#protocol !== null) this.#flow.grown(this.getWriteBufferSize(), this.#protocol);
  }

  /** @internal */
  wrote(): void {
    if (this.#lostScheduled) return;
    if (this.#protocol !== null) this.#flow.drained(this.getWriteBufferSize(), this.#protocol);
    // resumeWriting() may have sent more, or closed.
    if (!this.#closing || this.#lostScheduled || this.#channel.pending > 0) return;
    this.#lostScheduled = true;
    this.#lose(null);
  }

  #countLostSend(): void {
    this.#lostSends += 1;
    if (this.#lostSends >= LOST_SENDS) console.warn(PLAIN.lostWrite);
  }

  #forceClose(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#closing = true;
    this.#channel.stop();
    this.#channel.discard();
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
    this.#channel.close();
  }
}
