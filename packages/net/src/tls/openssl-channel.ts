import type { EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import {
  CLOSED,
  DONE,
  OpenSslConnection,
  type OpenSslContext,
  WANT_READ,
} from '@loop/posix/internal';
import { readSlab } from '../transport/read-slab.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import { sslErrorOf } from './openssl-error.ts';
import { OpenSslInfo } from './openssl-info.ts';
import { OpenSslInput } from './openssl-input.ts';
import { encryptedOutput } from './openssl-memory.ts';
import { OpenSslOutput } from './openssl-output.ts';
import type { TlsChannel, TlsChannelEvents, TlsChannelOptions } from './tls-engine.ts';

// A peer that makes us answer (KeyUpdate) and does not read the answers is not listened to any more.
const MOST_ANSWERS = 64 * 1024;
const READ_FAILED = 'Fatal error on reading from a TLS connection';
const WRITE_FAILED = 'Fatal error on writing to a TLS connection';

type State = 'new' | 'handshake' | 'open' | 'finishing' | 'broken' | 'closed';

/**
 * TLS over a channel, by the OpenSSL inside Node.
 *
 * 1. What the channel below receives goes to the connection slice by slice; the plaintext is put
 *    together in the read slab and handed on as one piece. A write is encrypted at once and goes down
 *    in one piece.
 * 2. new → handshake → open → finishing; from each to broken, when a failure is told, and to closed.
 * 3. While reading is off nothing is decrypted. What comes nevertheless stays with the connection, and
 *    what is below is read no further from then on.
 * 4. Each event that is told, and each call of the channel below, may change the state.
 */
export class OpenSslChannel implements TlsChannel, ChannelEvents {
  readonly kind = 'tls';
  readonly canEnd = false;
  readonly extra: Partial<ExtraInfo>;
  readonly info: OpenSslInfo;
  readonly #loop: EventLoop;
  readonly #events: TlsChannelEvents;
  readonly #connection: OpenSslConnection;
  readonly #inner: StreamChannel;
  readonly #input: OpenSslInput;
  readonly #output: OpenSslOutput;
  #early: Uint8Array | null;
  #state: State = 'new';
  #reading = false;
  /** Bytes have come that nobody wanted. */
  #stalled = false;
  #throttled = false;
  #innerEnded = false;
  #peerClosed = false;
  #endedTold = false;
  #finishedTold = false;
  #unwrapping = false;
  #leftover: Buffer | null = null;

  constructor(context: OpenSslContext, options: TlsChannelOptions<OpenSslContext>) {
    this.#loop = options.loop;
    this.#events = options.events;
    this.#early = options.received;
    this.#connection = new OpenSslConnection(context, {
      server: options.settings.role === 'server',
      serverName: options.serverName,
      verifyName: options.verifyName,
      session: options.session,
      onServerName: options.selectContext,
    });
    this.info = new OpenSslInfo(this.#connection);
    this.#inner = options.inner(this);
    this.#input = new OpenSslInput(this.#connection);
    this.#output = new OpenSslOutput(this.#connection, this.#inner);
    this.extra = this.#inner.extra;
  }

  start(): void {
    this.#state = 'handshake';
    if (this.#early !== null) this.#connection.feed(this.#early);
    this.#early = null;
    this.#advance();
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading) return;
    this.#reading = reading;
    if (!reading) return;
    this.#stalled = false;
    if (this.#state !== 'open') return;
    if (this.#peerClosed || this.#innerEnded || this.held > 0) {
      this.#loop.callSoon(() => this.#advance());
    } else this.#updateInner();
  }

  get held(): number {
    if (this.#connection.freed) return 0;
    return this.#connection.incoming + this.#connection.pending + this.#input.left;
  }

  // Writing

  write(data: Uint8Array): void {
    if (this.#state !== 'open') {
      this.#keep(data);
      return;
    }
    try {
      this.#output.write(data);
    } catch (error) {
      this.#break(error, WRITE_FAILED);
    }
  }

  writev(pieces: readonly Uint8Array[]): void {
    if (this.#state !== 'open') {
      for (const piece of pieces) this.#keep(piece);
      return;
    }
    try {
      this.#output.writev(pieces);
    } catch (error) {
      this.#break(error, WRITE_FAILED);
    }
  }

  get batched(): boolean {
    return this.#inner.batched === true;
  }

  get pending(): number {
    return this.#output.waiting + this.#inner.pending;
  }

  end(): void {
    // Never called, as `canEnd` says: TLS ends in both directions at once.
  }

  discard(): void {
    this.#output.forget();
    this.#inner.discard();
  }

  // Closing

  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'finishing';
    try {
      this.#connection.shutdown();
      this.#output.flush();
    } catch (error) {
      this.#break(error, 'Fatal error on TLS shutdown');
      return;
    }
    this.#updateInner();
    this.#loop.callSoon(() => this.#advance());
  }

  unwrap(): void {
    this.#unwrapping = true;
    this.finish();
  }

  get leftover(): Buffer | null {
    return this.#leftover;
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.info.keep();
    this.#connection.free();
    this.#output.forget();
    if (this.#leftover === null) this.#inner.close();
  }

  // What the channel below tells

  target(): Uint8Array {
    return this.#input.target;
  }

  filled(count: number): void {
    this.#input.begin(count);
    try {
      this.#advance();
      // What was not wanted yet: the memory is for others now.
      while (!this.#connection.freed && this.#input.feed());
    } finally {
      this.#input.end();
    }
  }

  received(data: Buffer): void {
    if (this.#connection.freed) return;
    this.#connection.feed(data);
    this.#advance();
  }

  ended(): void {
    this.#innerEnded = true;
    this.#advance();
  }

  failed(error: unknown, message: string): void {
    this.#break(error, message);
  }

  /** @internal */
  delayed(): void {
    if (this.#state !== 'closed' && this.#state !== 'broken') this.#events.delayed?.();
  }

  /** @internal */
  wrote(): void {
    if (this.#throttled && this.#inner.pending === 0) {
      this.#throttled = false;
      this.#updateInner();
    }
    if (this.#state === 'finishing') this.#tellFinished();
    else if (this.#state !== 'closed' && this.#state !== 'broken') this.#events.wrote();
  }

  // Input

  /** Does what the state asks for with what has come. */
  #advance(): void {
    if (this.#state === 'handshake') this.#shakeHands();
    else if (this.#state === 'open') this.#deliver();
    else if (this.#state === 'finishing') this.#awaitGoodbye();
    this.#updateInner();
  }

  #shakeHands(): void {
    let result: number;
    try {
      this.#input.feed();
      do result = this.#connection.handshake();
      while (result === WANT_READ && this.#input.feed());
      this.#output.flush();
    } catch (error) {
      this.#break(error, 'TLS handshake failed');
      return;
    }
    // A callback of the handshake may have closed.
    if (this.#state !== 'handshake') return;
    if (result === DONE) this.#open();
    else if (this.#innerEnded) {
      this.#break(new OSError('ECONNRESET'), 'The peer has closed during the TLS handshake');
    }
  }

  #open(): void {
    this.#state = 'open';
    try {
      this.#output.sendKept();
    } catch (error) {
      this.#break(error, WRITE_FAILED);
      return;
    }
    if (this.#isOpen()) this.#events.opened();
  }

  /** Plaintext, as long as it is wanted, and then the end if that has come. */
  #deliver(): void {
    let more = true;
    let waiting = this.#input.left;
    // Before the first read, which would only find out that there is nothing.
    if (!this.#input.feed()) waiting = this.held;
    while (more && this.#reading && this.#isOpen() && !this.#peerClosed) {
      const target = this.#events.target(waiting);
      // Whoever was asked for memory may have failed.
      if (!this.#reading || !this.#isOpen()) return;
      more = target === null ? this.#deliverPiece() : this.#deliverInto(target);
      if (more) waiting = this.held;
    }
    if (!this.#isOpen()) return;
    this.#answer();
    if (!this.#reading) this.#stalled = this.held > 0;
    else if ((this.#peerClosed || this.#innerEnded) && !this.#endedTold && this.#isOpen()) {
      this.#endedTold = true;
      this.#events.ended();
    }
  }

  /** Decrypts into the read slab until it is full; false: there is no more for now. */
  #deliverPiece(): boolean {
    const memory = readSlab.memory;
    const { offset, room } = readSlab;
    let total = 0;
    let result = 0;
    let failure: { readonly error: unknown } | null = null;
    try {
      while (total < room) {
        result = this.#connection.readPinned(memory, offset + total, room - total);
        if (result > 0) {
          total += result;
          // Asking once more only to hear that there is nothing would cost as much as a short record.
          if (total === room || this.#connection.incoming > 0) continue;
        } else if (result !== WANT_READ) break;
        if (!this.#input.feed()) break;
      }
    } catch (error) {
      failure = { error };
    }
    if (total > 0) this.#events.received(readSlab.take(total));
    if (failure !== null) this.#break(failure.error, READ_FAILED);
    else if (result === CLOSED) this.#peerClosed = true;
    return total === room && failure === null;
  }

  /** The same into memory of the protocol's. */
  #deliverInto(target: Uint8Array): boolean {
    let result: number;
    try {
      do result = this.#connection.read(target, 0, target.length);
      while (result === WANT_READ && this.#input.feed());
    } catch (error) {
      this.#break(error, READ_FAILED);
      return false;
    }
    if (result === CLOSED) this.#peerClosed = true;
    if (result > 0) this.#events.filled(result);
    return result > 0;
  }

  /** Sends what decrypting has made necessary to say. */
  #answer(): void {
    if (this.#output.flush() && this.#inner.pending > MOST_ANSWERS) this.#throttled = true;
  }

  /** Drops what still comes until the peer has said goodbye, too. */
  #awaitGoodbye(): void {
    const scratch = encryptedOutput();
    try {
      while (!this.#peerClosed) {
        const result = this.#connection.readPinned(scratch, 0, scratch.bytes.length);
        if (result === CLOSED) this.#peerClosed = true;
        else if (result <= 0 && !this.#input.feed()) break;
      }
      this.#answer();
    } catch (error) {
      this.#break(error, READ_FAILED);
      return;
    }
    this.#tellFinished();
  }

  /** In a callback of its own, once all is sent. */
  #tellFinished(): void {
    const isSaid = this.#peerClosed || this.#innerEnded;
    if (!isSaid || this.#finishedTold || this.#state !== 'finishing' || this.pending > 0) return;
    this.#finishedTold = true;
    this.#loop.callSoon(() => {
      if (this.#state !== 'finishing') return;
      if (this.#unwrapping) this.#leftover = this.#connection.takeIncoming();
      this.#events.finished();
    });
  }

  /** What is below is read as long as somebody wants what it brings. */
  #updateInner(): void {
    const wanted =
      this.#state === 'handshake' ||
      (this.#state === 'open' && !this.#stalled) ||
      this.#state === 'finishing';
    if (this.#state === 'closed') return;
    const ended = this.#innerEnded || this.#peerClosed || this.#throttled;
    this.#inner.setReading(wanted && !ended);
  }

  #break(error: unknown, message: string): void {
    if (this.#state === 'broken' || this.#state === 'closed') return;
    this.#state = 'broken';
    // The alert, which says why.
    this.#output.flush();
    this.#inner.setReading(false);
    this.#events.failed(sslErrorOf(error), message);
  }

  #keep(data: Uint8Array): void {
    if (this.#state === 'new' || this.#state === 'handshake') this.#output.keep(data);
  }

  /** Asked anew, since calls change it. */
  #isOpen(): boolean {
    return this.#state === 'open';
  }
}
