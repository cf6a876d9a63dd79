import {
  debugLog,
  NotImplementedError,
  RuntimeError,
  TimeoutError,
  ValueError,
  type EventLoop,
  type TimerHandle,
} from '@loop/core';
import { isExit } from '@loop/core/errors';
import { OSError } from '@loop/posix';
import { checkMethods } from '../check-options.ts';
import { connectionClosed, connectionOpened } from '../diagnostics.ts';
import { FlowControl } from './flow-control.ts';
import {
  checkBuffer,
  isBuffered,
  type BaseProtocol,
  type BufferedProtocol,
  type StreamProtocol,
} from './protocol.ts';
import {
  isNegotiated,
  type NegotiatedChannel,
  type NegotiationEvents,
  type StreamChannel,
} from './stream-channel.ts';
import { filledPieces, PLAIN, type StreamTraits } from './stream-traits.ts';
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
  readonly owner?: ConnectionOwner | null | undefined;
  /** Called when `connectionMade` has run and reading has started, or with what has come in between. */
  readonly ready?: ((error: Error | null) => void) | undefined;
  readonly traits?: StreamTraits | undefined;
  /** False: the protocol has had its `connectionMade`, from another transport. */
  readonly announce?: boolean | undefined;
}

/** Who has the writing side for itself for a while: `sendfile`. */
export interface Occupant {
  /** What it does, in messages: `sendfile is in progress`. */
  readonly activity: string;
  /** Fewer bytes wait to be written. */
  wrote(): void;
  /** The transport closes, by `error` if there is one. */
  closing(error: Error | null): void;
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
 * 5. Where the channel has to come to terms with the peer, that comes before open: what fails there, or
 *    takes too long, the protocol never hears of. Between closing and lost both say goodbye.
 */
export class StreamTransport extends Transport implements NegotiationEvents {
  readonly #loop: EventLoop;
  readonly #channel: StreamChannel;
  readonly #negotiated: NegotiatedChannel | null;
  readonly #traits: StreamTraits;
  readonly #flow: FlowControl;
  readonly #owner: ConnectionOwner | null;
  readonly #announce: boolean;
  #ready: ((error: Error | null) => void) | null;
  #protocol: StreamProtocol | BufferedProtocol | null;
  #buffered: boolean;
  #started = false;
  #announced = false;
  #readable = false;
  #paused = false;
  #ended = false;
  #eofWritten = false;
  #closing = false;
  #lostScheduled = false;
  #lostWrites = 0;
  #occupant: Occupant | null = null;
  #finishing = false;
  #above: StreamTransport | null = null;
  #left: ((error: Error | null) => void) | null = null;
  #deadline: TimerHandle | null = null;

  constructor(options: StreamTransportOptions) {
    super();
    const { loop, protocol, open, owner = null, ready = null, traits = PLAIN } = options;
    this.#loop = loop;
    this.#protocol = protocol;
    this.#buffered = isBuffered(protocol);
    this.#traits = traits;
    this.#flow = new FlowControl(loop, this, traits);
    const channel = open(this);
    this.#channel = channel;
    this.#negotiated = isNegotiated(channel) ? channel : null;
    this.#owner = owner;
    this.#announce = options.announce ?? true;
    // A plain stream is ready soon, whatever happens: nothing is kept for it.
    this.#ready = this.#negotiated === null ? null : ready;
    owner?.attach(this);
    if (this.#negotiated !== null) {
      this.#setDeadline(traits.openWithin, () =>
        this.#neverOpened(traits.openTimedOut(traits.openWithin)),
      );
      loop.callSoon(() => this.#negotiate());
      return;
    }
    loop.callSoon(() => {
      this.#started = true;
      this.#connectionMade();
    });
    loop.callSoon(() => {
      this.#readable = true;
      this.#updateReading();
    });
    if (ready !== null) loop.callSoon(ready, null);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const { extra } = this.#channel;
    return Object.hasOwn(extra, name) ? extra[name as keyof typeof extra] : fallback;
  }

  override setProtocol(protocol: BaseProtocol<never>): void {
    checkMethods(protocol, 'protocol', 'a protocol', 'connectionLost');
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
    if (this.#isOpening()) {
      this.abort();
      return;
    }
    this.#closing = true;
    this.#occupant?.closing(null);
    this.#updateReading();
    if (this.#negotiated !== null) {
      this.#setDeadline(this.#traits.closeWithin, () =>
        this.#forceClose(new TimeoutError(this.#traits.closeTimedOut)),
      );
    }
    if (this.#channel.pending === 0) this.#finish();
  }

  override abort(): void {
    if (this.#isOpening()) this.#neverOpened(null);
    else this.#forceClose(null);
  }

  // Writing

  override write(data: Uint8Array): void {
    if (!(data instanceof Uint8Array)) throw this.#traits.notBytes(data);
    this.#checkWritable('write');
    if (data.length === 0 || this.#dropped()) return;
    this.#channel.write(data);
    this.#afterWrite();
  }

  override writelines(pieces: Iterable<Uint8Array>): void {
    const filled = filledPieces(pieces, this.#traits.notBytes);
    this.#checkWritable('writelines');
    if (filled.length === 0 || this.#dropped()) return;
    this.#channel.writev(filled);
    this.#afterWrite();
  }

  override writeEof(): void {
    if (!this.#channel.canEnd) {
      throw new NotImplementedError(`A ${this.#channel.kind} stream cannot be half-closed`);
    }
    if (this.#closing || this.#eofWritten) return;
    this.#checkWritable('write_eof');
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
   * Gives the writing side to `occupant` until {@link _vacate}: writes of others are refused, and the
   * protocol hears nothing of flow control.
   *
   * @throws {RuntimeError} It has been closed, or given away.
   * @internal
   */
  _occupy(occupant: Occupant): void {
    this.#checkWritable('sendfile');
    this.#occupant = occupant;
  }

  /** A write of the occupant's. @internal */
  _writeInside(data: Uint8Array): void {
    this.#channel.write(data);
  }

  /** Ends {@link _occupy}; the protocol is told to pause or to go on, if it has come to that. @internal */
  _vacate(): void {
    this.#occupant = null;
    if (this.#protocol === null || this.#lostScheduled) return;
    this.#flow.drained(this.#channel.pending, this.#protocol);
    this.#flow.grown(this.#channel.pending, this.#protocol);
  }

  /** @internal */
  get _channel(): StreamChannel {
    return this.#channel;
  }

  /**
   * Whether `connectionMade` has been called, or the peer been talked to.
   * @internal
   */
  get _started(): boolean {
    return this.#started || this.#negotiated !== null;
  }

  /**
   * Ends before `connectionMade`, of which the protocol then never hears.
   * @internal
   */
  _drop(): void {
    this.#closing = true;
    this.#lostScheduled = true;
    this.#above?._drop();
    this.#release();
  }

  /**
   * The stream that is laid over this one, `null` when it is not any more.
   * @internal
   */
  _carry(above: StreamTransport | null): void {
    this.#above = above;
  }

  /**
   * @throws {ValueError} It belongs to another loop.
   * @throws {RuntimeError} Another stream is laid over it already, or nothing can be written any more.
   * @throws {OSError} The peer has closed its side.
   * @internal
   */
  _checkUpgrade(loop: EventLoop): void {
    if (loop !== this.#loop) throw new ValueError('The transport belongs to another event loop');
    if (this.#above !== null) throw new RuntimeError('TLS has been started on this transport');
    this.#checkWritable('start_tls');
    if (this.#ended) {
      throw new OSError('ECONNRESET', {
        message: 'The peer has closed its side of the connection',
      });
    }
  }

  /**
   * As `close()`, but what is below stays open, and is the caller's when `left` is called; with an error
   * the stream is lost instead.
   * @internal
   */
  _leave(left: (error: Error | null) => void): void {
    this.#left = left;
    this.close();
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
  target(sizeHint = -1): Uint8Array | null {
    if (!this.#buffered) return null;
    try {
      return checkBuffer((this.#protocol as BufferedProtocol).getBuffer(sizeHint));
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
    if (keepOpen && !this.#channel.canEnd) console.warn(this.#traits.cannotKeepOpen);
    if (!keepOpen || !this.#channel.canEnd) this.close();
  }

  /**
   * Delivers what a layer above has found to be for this one.
   * @internal
   */
  _deliver(data: Buffer): void {
    let rest = data;
    while (rest.length > 0 && !this.#closing) {
      const target = this.target(rest.length);
      if (target === null) {
        this.received(rest);
        return;
      }
      const count = Math.min(target.length, rest.length);
      target.set(rest.subarray(0, count));
      this.filled(count);
      rest = rest.subarray(count);
    }
  }

  /**
   * The end of the stream, which a layer above has been told instead of the protocol.
   * @internal
   */
  _deliverEnd(): void {
    this.#ended = false;
    this.ended();
  }

  /** @internal */
  failed(error: unknown, message: string): void {
    if (this.#isOpening()) this.#neverOpened(error);
    else this.#fatal(error, message);
  }

  /** @internal */
  opened(): void {
    if (!this.#isOpening()) return;
    this.#setDeadline(null);
    this.#started = true;
    let failure: Error | null = null;
    try {
      this.#connectionMade();
    } catch (error) {
      // Plain streams only report it, as callbacks do; here the reference ends the connection.
      failure = error instanceof Error ? error : new RuntimeError(String(error), { cause: error });
      this.#protocolFailed('connection_made()', error);
    }
    this.#readable = true;
    this.#updateReading();
    this.#tellReady(failure);
  }

  /** @internal */
  finished(): void {
    if (this.#lostScheduled) return;
    this.#lostScheduled = true;
    if (this.#left === null) {
      this.#lose(null);
      return;
    }
    this.#release();
    this.#left(null);
  }

  /** @internal */
  wrote(): void {
    const channel = this.#channel;
    if (this.#occupant !== null) this.#occupant.wrote();
    else if (this.#protocol !== null) this.#flow.drained(channel.pending, this.#protocol);
    // resumeWriting() may have written more, or closed.
    if (channel.pending > 0 || !this.#closing || this.#lostScheduled) return;
    if (this.#negotiated === null) this.finished();
    else this.#finish();
  }

  #connectionMade(): void {
    if (!this.#announce || this.#protocol === null) return;
    this.#announced = true;
    if (connectionOpened.hasSubscribers) connectionOpened.publish({ transport: this });
    this.#protocol.connectionMade(this);
  }

  #negotiate(): void {
    if (this.#isOpening()) this.#negotiated?.start();
  }

  /** Whether the two sides have yet to come to terms. */
  #isOpening(): boolean {
    return this.#negotiated !== null && !this.#started && !this.#lostScheduled;
  }

  /** The protocol never hears of it, unless it has had its `connectionMade` from another transport. */
  #neverOpened(error: unknown): void {
    const { openFailed } = this.#traits;
    if (error instanceof OSError) debugLog(this.#loop, `${openFailed}: ${error.message}`);
    else if (error !== null) this.#report(error, openFailed);
    const known =
      error === null || error instanceof Error
        ? error
        : new RuntimeError(openFailed, { cause: error });
    this.#started = true;
    if (this.#announce) this._drop();
    else this.#forceClose(known);
    this.#tellReady(known ?? new OSError('ECONNABORTED', { message: this.#traits.openAborted }));
  }

  #tellReady(error: Error | null): void {
    const ready = this.#ready;
    this.#ready = null;
    ready?.(error);
  }

  /** Everything is sent: says goodbye, where one does. */
  #finish(): void {
    if (this.#negotiated === null) this.#scheduleLost(null);
    else if (!this.#finishing) {
      this.#finishing = true;
      if (this.#left === null) this.#negotiated.finish();
      else this.#negotiated.unwrap();
    }
  }

  /** Has `late` run so many seconds from now, in place of an earlier one. */
  #setDeadline(seconds: number | null, late?: () => void): void {
    this.#deadline?.cancel();
    this.#deadline =
      seconds === null || late === undefined ? null : this.#loop.callLater(seconds, late);
  }

  /** @internal */
  delayed(): void {
    this.#afterWrite();
  }

  #checkWritable(method: string): void {
    if (this.#eofWritten) throw new RuntimeError(`Cannot call ${method}() after write_eof()`);
    if (this.#occupant !== null) {
      throw new RuntimeError(`unable to ${method}; ${this.#occupant.activity}`);
    }
  }

  /** Whether nothing can be written any more: the connection is lost, or about to say goodbye. */
  #dropped(): boolean {
    if (!this.#lostScheduled && (this.#negotiated === null || !this.#closing)) return false;
    this.#lostWrites += 1;
    if (this.#lostWrites >= LOST_WRITES) console.warn(this.#traits.lostWrite);
    return true;
  }

  #afterWrite(): void {
    const channel = this.#channel;
    if (channel.batched === true) return;
    if (this.#protocol !== null && !this.#lostScheduled) {
      this.#flow.grown(channel.pending, this.#protocol);
    }
  }

  #updateReading(): void {
    if (this.#lostScheduled && this.#protocol === null) return;
    this.#channel.setReading(this.#readable && !this.#paused && !this.#ended && !this.#closing);
  }

  #protocolFailed(method: string, error: unknown): void {
    if (isExit(error)) throw error;
    this.#fatal(error, this.#traits.protocolFailed(method));
  }

  #fatal(error: unknown, message: string): void {
    // Networks fail; that is for the protocol to know, and nothing to report.
    if (!(error instanceof OSError)) this.#report(error, message);
    this.#forceClose(error instanceof Error ? error : new RuntimeError(message, { cause: error }));
  }

  #report(exception: unknown, message: string): void {
    this.#loop.callExceptionHandler({
      message,
      exception,
      transport: this,
      protocol: this.#protocol,
    });
  }

  #forceClose(error: Error | null): void {
    if (this.#lostScheduled) return;
    this.#closing = true;
    this.#occupant?.closing(error);
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
    this.#left?.(error ?? new OSError('ECONNABORTED', { message: this.#traits.openAborted }));
    try {
      protocol?.connectionLost(error);
    } finally {
      this.#release(error);
    }
  }

  #release(error: Error | null = null): void {
    if (this.#announced) {
      this.#announced = false;
      if (connectionClosed.hasSubscribers) connectionClosed.publish({ transport: this, error });
    }
    this.#setDeadline(null);
    this.#channel.close();
    this.#protocol = null;
    this.#owner?.detach(this);
  }
}
