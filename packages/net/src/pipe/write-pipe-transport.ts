import type { EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import { checkMethods } from '../check-options.ts';
import type { PipeSource } from '../backend/backend.ts';
import { FlowControl } from '../transport/flow-control.ts';
import type { BaseProtocol } from '../transport/protocol.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import { filledPieces, notBytes } from '../transport/stream-traits.ts';
import { type ExtraInfo, WriteTransport } from '../transport/transport.ts';

/** What a write pipe calls. */
export type WritePipeProtocol = Pick<BaseProtocol, 'connectionMade' | 'connectionLost'> &
  Partial<Pick<BaseProtocol, 'pauseWriting' | 'resumeWriting'>>;

// Writes to a closed pipe are dropped; from this one on each is worth a warning.
const LOST_WRITES = 5;

/**
 * The writing end of a pipe. That the reader has gone is noticed without writing, where the channel can:
 * it says that there is something to read, or the end.
 *
 * @see CPython `asyncio.unix_events._UnixWritePipeTransport`
 */
export class WritePipeTransport extends WriteTransport implements ChannelEvents {
  readonly #loop: EventLoop;
  readonly #channel: StreamChannel;
  readonly #flow: FlowControl;
  #protocol: WritePipeProtocol | null;
  #closing = false;
  #lostScheduled = false;
  #lostWrites = 0;

  constructor(loop: EventLoop, pipe: PipeSource, protocol: WritePipeProtocol, ready: () => void) {
    super();
    this.#loop = loop;
    this.#protocol = protocol;
    this.#flow = new FlowControl(loop, this);
    this.#channel = pipe.open(this, this);
    loop.callSoon(() => this.#protocol?.connectionMade(this));
    // A terminal is readable when somebody types: that says nothing of its reader.
    if (!pipe.isTerminal) loop.callSoon(() => this.#watchReader());
    loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const { extra } = this.#channel;
    return name in extra ? extra[name as keyof ExtraInfo] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    checkMethods(protocol, 'protocol', 'a protocol', 'connectionLost');
    this.#protocol = protocol;
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as BaseProtocol<never> | null;
  }

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    this.writeEof();
  }

  override writeEof(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#channel.pending === 0) this.#end(null);
  }

  override canWriteEof(): boolean {
    return true;
  }

  override abort(): void {
    this.#end(null);
  }

  override write(data: Uint8Array): void {
    if (!(data instanceof Uint8Array)) throw notBytes(data);
    if (!this.#writable() || data.length === 0) return;
    this.#channel.write(data);
    this.#afterWrite();
  }

  override writelines(pieces: Iterable<Uint8Array>): void {
    const filled = filledPieces(pieces, notBytes);
    if (filled.length === 0 || !this.#writable()) return;
    this.#channel.writev(filled);
    this.#afterWrite();
  }

  override getWriteBufferSize(): number {
    return this.#lostScheduled ? 0 : this.#channel.pending;
  }

  override getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  override setWriteBufferLimits(high?: number | null, low?: number | null): void {
    this.#flow.setLimits(high, low);
    if (this.#protocol !== null) this.#flow.grown(this.getWriteBufferSize(), this.#protocol);
  }

  override toString(): string {
    const state = this.#lostScheduled ? 'closed' : this.#closing ? 'closing' : 'open';
    return `<${this.constructor.name} ${state} buffered=${this.getWriteBufferSize()}>`;
  }

  /** @internal */
  _drop(): void {
    this.#lostScheduled = true;
    this.#closing = true;
    this.#release();
  }

  // What the channel tells

  /** @internal */
  target(): null {
    return null;
  }

  /**
   * Whoever answers does not read, as the reference has it.
   * @internal
   */
  received(): void {
    this.ended();
  }

  /** @internal */
  filled(): void {}

  /** @internal */
  ended(): void {
    this.#end(this.#channel.pending > 0 ? new OSError('EPIPE', { syscall: 'write' }) : null);
  }

  /** @internal */
  failed(error: Error): void {
    this.#lostWrites += 1;
    this.#end(error);
  }

  /** @internal */
  wrote(): void {
    const { pending } = this.#channel;
    if (this.#protocol !== null) this.#flow.drained(pending, this.#protocol);
    if (this.#channel.pending === 0 && this.#closing) this.#end(null);
  }

  /** @internal */
  delayed(): void {
    this.#afterWrite();
  }

  #afterWrite(): void {
    const channel = this.#channel;
    if (channel.batched === true || this.#protocol === null || this.#lostScheduled) return;
    this.#flow.grown(channel.pending, this.#protocol);
  }

  #writable(): boolean {
    if (!this.#closing && !this.#lostScheduled) return true;
    this.#lostWrites += 1;
    if (this.#lostWrites >= LOST_WRITES) {
      console.warn('pipe closed by peer or os.write(pipe, data) raised exception.');
    }
    return false;
  }

  #watchReader(): void {
    if (!this.#lostScheduled) this.#channel.setReading(true);
  }

  #end(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#lostScheduled = true;
    this.#closing = true;
    if (this.#channel.pending > 0) this.#channel.discard();
    this.#channel.setReading(false);
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
