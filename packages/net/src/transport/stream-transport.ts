import { RuntimeError, type EventLoop } from '@loop/core';
import { isExit } from '@loop/core/errors';
import { OSError } from '@loop/posix';
import { FlowControl } from './flow-control.ts';
import {
  checkBuffer,
  isBuffered,
  type BaseProtocol,
  type BufferedProtocol,
  type StreamProtocol,
} from './protocol.ts';
import type { ChannelEvents, StreamChannel } from './stream-channel.ts';
import { Transport } from './transport.ts';

/** Whoever keeps count of connections: a server. */
export interface ConnectionOwner {
  attach(transport: StreamTransport): void;
  detach(transport: StreamTransport): void;
}

/** What a stream transport is made of. */
export interface StreamTransportOptions {
  readonly loop: EventLoop;
  readonly protocol: StreamProtocol | BufferedProtocol;
  /** Makes the channel; it gets the events that it is to call. */
  readonly open: (transport: StreamTransport) => StreamChannel;
  readonly owner?: ConnectionOwner | null;
  /** Called when `connectionMade` has run and reading has started. */
  readonly ready?: () => void;
}

// Writes to a lost connection are dropped; from this one on each is worth a warning.
const LOST_WRITES = 5;

/**
 * A stream between a protocol and a channel: the one state machine of all stream transports.
 *
 * 1. open → closing → lost. `close()` stops reading and lets the buffer drain; `abort()` and fatal
 *    errors drop it. Both lead to `connectionLost`, exactly once: in a callback of its own, or in the
 *    one that has sent the last of the buffer.
 * 2. The writing side is open, ended (`writeEof`), or gone. After `writeEof` nothing can be written;
 *    after the connection is lost writes are dropped.
 * 3. Reading is on from `connectionMade` until it is paused, the stream ends, or the transport closes.
 * 4. No event reaches the protocol before `connectionMade` has returned, and none after `connectionLost`.
 */
export class StreamTransport extends Transport implements ChannelEvents {
  readonly #loop: EventLoop;
  readonly #channel: StreamChannel;
  readonly #flow: FlowControl;
  readonly #owner: ConnectionOwner | null;
  #protocol: StreamProtocol | BufferedProtocol | null;
  #buffered: boolean;
  #started = false;
  #readable = false;
  #paused = false;
  #ended = false;
  #eofWritten = false;
  #closing = false;
  #lostScheduled = false;
  #lostWrites = 0;
  #busy: string | null = null;

  constructor(options: StreamTransportOptions) {
    super();
    const { loop, protocol, open, owner = null, ready } = options;
    this.#loop = loop;
    this.#protocol = protocol;
    this.#buffered = isBuffered(protocol);
    this.#flow = new FlowControl(loop, this);
    this.#channel = open(this);
    this.#owner = owner;
    owner?.attach(this);
    loop.callSoon(() => {
      this.#started = true;
      this.#protocol?.connectionMade(this);
    });
    loop.callSoon(() => {
      this.#readable = true;
      this.#updateReading();
    });
    if (ready !== undefined) loop.callSoon(ready);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const { extra } = this.#channel;
    return Object.hasOwn(extra, name) ? extra[name as keyof typeof extra] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    this.#protocol = protocol as StreamProtocol;
    this.#buffered = isBuffered(protocol);
  }

  override getProtocol(): BaseProtocol<never> | null {
    return this.#protocol as BaseProtocol<never> | null;
  }

  // Closing

  override isClosing(): boolean {
    return this.#closing;
  }

  override close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#updateReading();
    if (this.#channel.pending === 0) this.#scheduleLost(null);
  }

  override abort(): void {
    this.#forceClose(null);
  }

  // Writing

  override write(data: Uint8Array): void {
    if (!(data instanceof Uint8Array)) throw notBytes(data);
    this.#checkWritable('write()');
    if (data.length === 0 || this.#dropped()) return;
    this.#channel.write(data);
    this.#afterWrite();
  }

  override writelines(pieces: Iterable<Uint8Array>): void {
    const filled: Uint8Array[] = [];
    for (const piece of pieces) {
      if (!(piece instanceof Uint8Array)) throw notBytes(piece);
      if (piece.length > 0) filled.push(piece);
    }
    this.#checkWritable('writelines()');
    if (filled.length === 0 || this.#dropped()) return;
    this.#channel.writev(filled);
    this.#afterWrite();
  }

  override writeEof(): void {
    if (this.#closing || this.#eofWritten) return;
    if (this.#busy !== null) throw new RuntimeError(this.#busy);
    this.#eofWritten = true;
    this.#channel.end();
  }

  override canWriteEof(): boolean {
    return this.#channel.canEnd;
  }

  override getWriteBufferSize(): number {
    return this.#channel.pending;
  }

  override getWriteBufferLimits(): [low: number, high: number] {
    return this.#flow.limits;
  }

  override setWriteBufferLimits(high?: number | null, low?: number | null): void {
    this.#flow.setLimits(high, low);
    if (this.#protocol !== null) this.#flow.grown(this.#channel.pending, this.#protocol);
  }

  /**
   * While something else writes to the descriptor, writes are an error; `null` ends that.
   * @internal
   */
  _setBusy(reason: string | null): void {
    this.#busy = reason;
  }

  /** @internal */
  get _channel(): StreamChannel {
    return this.#channel;
  }

  /**
   * Whether `connectionMade` has been called.
   * @internal
   */
  get _started(): boolean {
    return this.#started;
  }

  /**
   * Ends before `connectionMade`, of which the protocol then never hears.
   * @internal
   */
  _drop(): void {
    this.#closing = true;
    this.#lostScheduled = true;
    this.#release();
  }

  // Reading

  override isReading(): boolean {
    return !this.#closing && !this.#paused;
  }

  override pauseReading(): void {
    if (this.#closing || this.#paused) return;
    this.#paused = true;
    this.#updateReading();
  }

  override resumeReading(): void {
    if (this.#closing || !this.#paused) return;
    this.#paused = false;
    this.#updateReading();
  }

  override toString(): string {
    const state = this.#lostScheduled ? 'closed' : this.#closing ? 'closing' : 'open';
    return `<${this.constructor.name} ${state} kind=${this.#channel.kind} buffered=${this.#channel.pending}>`;
  }

  // What the channel tells

  /** @internal */
  target(): Uint8Array | null {
    if (!this.#buffered) return null;
    try {
      return checkBuffer((this.#protocol as BufferedProtocol).getBuffer(-1));
    } catch (error) {
      this.#protocolFailed('get_buffer()', error);
      return null;
    }
  }

  /** @internal */
  received(data: Buffer): void {
    if (this.#closing) return;
    try {
      (this.#protocol as StreamProtocol).dataReceived(data);
    } catch (error) {
      this.#protocolFailed('data_received()', error);
    }
  }

  /** @internal */
  filled(count: number): void {
    if (this.#closing) return;
    try {
      (this.#protocol as BufferedProtocol).bufferUpdated(count);
    } catch (error) {
      this.#protocolFailed('buffer_updated()', error);
    }
  }

  /** @internal */
  ended(): void {
    if (this.#closing || this.#ended) return;
    let keepOpen: unknown;
    try {
      keepOpen = (this.#protocol as StreamProtocol).eofReceived();
    } catch (error) {
      this.#protocolFailed('eof_received()', error);
      return;
    }
    this.#ended = true;
    this.#updateReading();
    if (!keepOpen) this.close();
  }

  /** @internal */
  failed(error: unknown, message: string): void {
    this.#fatal(error, message);
  }

  /** @internal */
  wrote(): void {
    const channel = this.#channel;
    if (this.#protocol !== null) this.#flow.drained(channel.pending, this.#protocol);
    // resumeWriting() may have written more, or closed.
    if (channel.pending > 0 || !this.#closing || this.#lostScheduled) return;
    this.#lostScheduled = true;
    this.#lose(null);
  }

  #checkWritable(method: string): void {
    if (this.#eofWritten) throw new RuntimeError(`Cannot call ${method} after write_eof()`);
    if (this.#busy !== null) throw new RuntimeError(this.#busy);
  }

  /** Whether the connection is lost, so that nothing can be written any more. */
  #dropped(): boolean {
    if (!this.#lostScheduled) return false;
    this.#lostWrites += 1;
    if (this.#lostWrites >= LOST_WRITES) console.warn('socket.send() raised exception.');
    return true;
  }

  #afterWrite(): void {
    if (this.#protocol !== null && !this.#lostScheduled) {
      this.#flow.grown(this.#channel.pending, this.#protocol);
    }
  }

  #updateReading(): void {
    if (this.#lostScheduled && this.#protocol === null) return;
    this.#channel.setReading(this.#readable && !this.#paused && !this.#ended && !this.#closing);
  }

  #protocolFailed(method: string, error: unknown): void {
    if (isExit(error)) throw error;
    this.#fatal(error, `Fatal error: protocol.${method} call failed.`);
  }

  #fatal(error: unknown, message: string): void {
    // Networks fail; that is for the protocol to know, and nothing to report.
    if (!(error instanceof OSError)) {
      this.#loop.callExceptionHandler({
        message,
        exception: error,
        transport: this,
        protocol: this.#protocol,
      });
    }
    this.#forceClose(error instanceof Error ? error : new RuntimeError(message, { cause: error }));
  }

  #forceClose(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#closing = true;
    this.#channel.discard();
    this.#updateReading();
    this.#scheduleLost(error);
  }

  #scheduleLost(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#lostScheduled = true;
    // Nothing can be told on a closed loop any more, but the descriptor has to go.
    if (this.#loop.isClosed()) this.#channel.close();
    this.#loop.callSoon(() => this.#lose(error));
  }

  #lose(error: Error | null): void {
    const protocol = this.#protocol;
    try {
      protocol?.connectionLost(error);
    } finally {
      this.#release();
    }
  }

  #release(): void {
    this.#channel.close();
    this.#protocol = null;
    this.#owner?.detach(this);
  }
}

/** What every transport says to data that is none. */
export function notBytes(data: unknown): TypeError {
  const given = data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data;
  return new TypeError(`data argument must be a bytes-like object, not '${given}'`);
}
