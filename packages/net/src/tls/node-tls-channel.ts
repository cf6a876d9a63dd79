import * as tls from 'node:tls';
import type { EventLoop } from '@loop/core';
import { OSError } from '@loop/posix';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import type { ExtraInfo } from '../transport/transport.ts';
import { peerProblem, tlsProblem } from './node-tls-error.ts';
import { NodeTlsInfo } from './node-tls-info.ts';
import { RecordSplitter } from './record-splitter.ts';
import { SSLError } from './ssl-error.ts';
import type { TlsChannel, TlsChannelEvents, TlsChannelOptions } from './tls-engine.ts';
import { Wire } from './wire.ts';

type Options = TlsChannelOptions<tls.SecureContext>;

/** `secure`: the handshake is done, and nobody has been told. */
type State = 'new' | 'handshake' | 'secure' | 'open' | 'finishing' | 'finished' | 'closed';

/**
 * TLS over a channel, by a `TLSSocket` of Node's whose encrypted side is a stream of ours.
 *
 * 1. What Node's socket tells comes in turns of its own, mostly from inside of a push to the wire. It is
 *    noted, and told in callbacks of the loop: opened, plaintext, the failure or the end, finished.
 * 2. Node would let the socket of a server go on whoever the peer is. The verdict is asked for when the
 *    handshake is done, and nothing is told before it is known.
 * 3. From the moment our close_notify is asked for nothing is pushed until it is out: Node's own stream
 *    in between aborts on what TLS might want to answer meanwhile.
 * 4. In an `unwrap` the wire gets one record at a time, so that it does not swallow what follows the
 *    peer's close_notify.
 */
export class NodeTlsChannel implements TlsChannel, ChannelEvents {
  readonly kind = 'tls';
  readonly canEnd = false;
  readonly extra: Partial<ExtraInfo>;
  readonly info = new NodeTlsInfo();
  readonly #loop: EventLoop;
  readonly #events: TlsChannelEvents;
  readonly #options: Options;
  readonly #context: tls.SecureContext;
  readonly #inner: StreamChannel;
  readonly #wire: Wire;
  #socket: tls.TLSSocket | null = null;
  #state: State = 'new';
  #reading = false;
  /** Bytes that Node has not encrypted yet. */
  #unsent = 0;
  #discarded = false;
  readonly #plain: Buffer[] = [];
  #held = 0;
  #peerDone = false;
  #endTold = false;
  #failure: { readonly error: unknown; readonly message: string } | null = null;
  #failureTold = false;
  #goodbye: 'unsaid' | 'asked' | 'said' = 'unsaid';
  #innerEnded = false;
  /** Ciphertext that has to wait (3, 4). */
  readonly #encrypted = new RecordSplitter();
  #unwrapping = false;
  #feeding = false;
  #leftover: Buffer | null = null;
  #telling = false;
  #tellingWritten = false;

  constructor(context: tls.SecureContext, options: Options) {
    this.#loop = options.loop;
    this.#events = options.events;
    this.#options = options;
    this.#context = context;
    this.#wire = new Wire(
      (data) => this.#send(data),
      () => this.#goodbyeSaid(),
    );
    this.#inner = options.inner(this);
    this.extra = this.#inner.extra;
  }

  get pending(): number {
    return this.#discarded ? 0 : this.#unsent + this.#inner.pending;
  }

  get held(): number {
    return this.#held;
  }

  get leftover(): Buffer | null {
    return this.#leftover;
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'handshake';
    const { received, settings } = this.#options;
    const socket = settings.role === 'server' ? this.#server() : this.#client();
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#decrypted(data));
    socket.on('end', () => this.#peerIsDone());
    socket.on('close', () => this.#peerIsDone());
    socket.on('error', (error) => this.#fail(tlsProblem(error)));
    if (settings.keylog !== null) socket.on('keylog', settings.keylog);
    if (received !== null && received.length > 0) this.#push(Buffer.from(received));
    this.#updateInner();
  }

  setReading(reading: boolean): void {
    if (reading === this.#reading) return;
    this.#reading = reading;
    this.#updateInner();
    if (reading) this.#tellSoon();
  }

  write(data: Uint8Array): void {
    if (this.#socket === null || this.#failure !== null) return;
    if (this.#state !== 'secure' && this.#state !== 'open') return;
    const { length } = data;
    this.#unsent += length;
    // The caller may use its buffer again, and Node would keep it.
    this.#socket.write(Buffer.from(data), () => this.#written(length));
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.write(Buffer.concat(pieces));
  }

  end(): void {}

  discard(): void {
    this.#discarded = true;
    this.#inner.discard();
  }

  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'finishing';
    this.#plain.length = 0;
    this.#held = 0;
    this.#goodbye = 'asked';
    this.#socket?.end();
    this.#updateInner();
  }

  unwrap(): void {
    this.#unwrapping = true;
    this.finish();
  }

  close(): void {
    if (this.#state === 'closed') return;
    const keepsInner = this.#unwrapping && this.#state === 'finished';
    this.#state = 'closed';
    this.info.closed();
    this.#plain.length = 0;
    this.#held = 0;
    this.#discarded = true;
    this.#socket?.destroy();
    this.#wire.destroy();
    if (!keepsInner) this.#inner.close();
  }

  // What the channel below tells

  target(): null {
    return null;
  }

  received(data: Buffer): void {
    if (this.#state === 'closed') return;
    this.#push(data);
    this.#tell();
  }

  /** Never: it is given no target. */
  filled(): void {}

  ended(): void {
    this.#innerEnded = true;
    if (this.#state === 'handshake') this.#fail(closedEarly());
    else if (this.#goodbye !== 'asked') this.#wire.push(null);
    this.#updateInner();
    this.#tellSoon();
  }

  failed(error: unknown, message: string): void {
    // It may come from inside of a write.
    this.#failure ??= { error, message };
    this.#tellSoon();
  }

  wrote(): void {
    if (this.#state === 'finishing') this.#tell();
    else if (this.#state !== 'closed') this.#events.wrote();
  }

  // What Node's socket tells

  #decrypted(data: Buffer): void {
    if (this.#state === 'finishing' || this.#state === 'closed') return;
    this.#plain.push(data);
    this.#held += data.length;
    this.#tellSoon();
  }

  #peerIsDone(): void {
    this.#peerDone = true;
    if (this.#state === 'handshake') this.#fail(closedEarly());
    this.#tellSoon();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error, message: 'Fatal error on SSL protocol' };
    this.#tellSoon();
  }

  #written(length: number): void {
    this.#unsent -= length;
    if (this.#tellingWritten || this.#state === 'closed' || this.#loop.isClosed()) return;
    this.#tellingWritten = true;
    this.#loop.callSoon(() => {
      this.#tellingWritten = false;
      if (this.#state !== 'closed') this.#events.wrote();
    });
  }

  #secured(): void {
    const socket = this.#socket;
    if (this.#state !== 'handshake' || this.#failure !== null || socket === null) return;
    // Once: Node takes it out of OpenSSL's list, and finds none, or the next, when it is asked again.
    const certificate = socket.getPeerX509Certificate();
    const problem = peerProblem(socket, certificate, this.#options);
    if (problem !== null) {
      this.#fail(problem);
      return;
    }
    this.info.opened(socket, certificate, this.#options.settings.role === 'server');
    this.#state = 'secure';
    this.#updateInner();
    this.#tellSoon();
  }

  // The wire

  #client(): tls.TLSSocket {
    const { settings, serverName, session } = this.#options;
    const socket = tls.connect({
      socket: this.#wire,
      secureContext: this.#context,
      rejectUnauthorized: settings.verifyMode !== 0,
      // It would not be asked about a session that is resumed.
      checkServerIdentity: () => undefined,
      ...(settings.alpn.length === 0 ? {} : { ALPNProtocols: [...settings.alpn] }),
      ...(serverName === null ? {} : { servername: serverName }),
      ...(session === null ? {} : { session }),
    });
    socket.on('secureConnect', () => this.#secured());
    socket.on('session', (session) => this.info.resumableBy(session));
    return socket;
  }

  #server(): tls.TLSSocket {
    const { settings, selectContext } = this.#options;
    const socket = new tls.TLSSocket(this.#wire, {
      isServer: true,
      secureContext: this.#context,
      requestCert: settings.verifyMode !== 0,
      rejectUnauthorized: settings.verifyMode === 2,
      ...(settings.alpn.length === 0 ? {} : { ALPNProtocols: [...settings.alpn] }),
      ...(selectContext === null
        ? {}
        : { SNICallback: (name, answer) => this.#select(selectContext, name, answer) }),
    });
    // Neither is documented; a socket that belongs to no `tls.Server` has nothing else.
    socket.on('secure', () => this.#secured());
    socket.on('_tlsError', (error) => this.#fail(tlsProblem(error)));
    return socket;
  }

  #select(
    selectContext: NonNullable<Options['selectContext']>,
    name: string,
    answer: (error: Error | null, context?: tls.SecureContext) => void,
  ): void {
    try {
      const context = selectContext(name);
      if (typeof context === 'number') throw new SSLError('callback failed');
      if (context === null) answer(null);
      else answer(null, context);
    } catch (error) {
      this.#fail(error);
      answer(error instanceof Error ? error : new SSLError('callback failed', { cause: error }));
    }
  }

  #send(data: Buffer): void {
    if (this.#state !== 'closed') this.#inner.write(data);
  }

  #push(data: Buffer): void {
    if (this.#goodbye === 'asked' || this.#unwrapping) {
      this.#encrypted.push(data);
      if (this.#goodbye === 'said') this.#feed();
    } else if (!this.#peerDone) this.#wire.push(data);
  }

  #goodbyeSaid(): void {
    if (this.#goodbye !== 'asked') return;
    this.#goodbye = 'said';
    if (this.#unwrapping) this.#feed();
    else {
      const waiting = this.#encrypted.takeRest();
      if (waiting.length > 0) this.#wire.push(waiting);
    }
    if (this.#innerEnded) this.#wire.push(null);
    this.#tellSoon();
  }

  /** Gives Node one record after the other, until it has seen the peer's close_notify. */
  #feed(): void {
    if (this.#feeding || this.#peerDone || this.#state === 'closed') return;
    const record = this.#encrypted.next();
    if (record === null) return;
    this.#feeding = true;
    this.#wire.push(record);
    // Node tells of the end in a turn of its own.
    setImmediate(() => {
      this.#feeding = false;
      this.#feed();
    });
  }

  #updateInner(): void {
    const state = this.#state;
    if (state === 'closed' || state === 'finished') return;
    const wanted =
      state === 'handshake' ||
      (state === 'open' && this.#reading && this.#held === 0) ||
      (state === 'finishing' && !this.#peerDone);
    this.#inner.setReading(wanted && !this.#innerEnded);
  }

  // What is told

  #tellSoon(): void {
    if (this.#telling || this.#state === 'closed' || this.#loop.isClosed()) return;
    this.#telling = true;
    this.#loop.callSoon(() => {
      this.#telling = false;
      this.#tell();
    });
  }

  #tell(): void {
    if (this.#state === 'secure') {
      this.#state = 'open';
      this.#events.opened();
    }
    if (this.#state === 'open') this.#deliver();
    if (this.#isClosed()) return;
    if (this.#failure !== null && !this.#failureTold && this.#held === 0) {
      this.#failureTold = true;
      this.#events.failed(this.#failure.error, this.#failure.message);
    } else if (this.#state === 'finishing') this.#tellFinished();
    else if (this.#state === 'open' && this.#hasEnded()) {
      this.#endTold = true;
      this.#events.ended();
    }
  }

  #deliver(): void {
    const events = this.#events;
    while (this.#reading && this.#plain.length > 0) {
      const data = this.#plain[0] as Buffer;
      const target = events.target(this.#held);
      // Asking for a target can end it all.
      if (!this.#reading) break;
      const count = target === null ? data.length : Math.min(target.length, data.length);
      if (count === data.length) this.#plain.shift();
      else this.#plain[0] = data.subarray(count);
      this.#held -= count;
      if (target === null) events.received(data);
      else {
        target.set(data.subarray(0, count));
        events.filled(count);
      }
    }
    this.#updateInner();
  }

  #hasEnded(): boolean {
    return this.#peerDone && !this.#endTold && this.#reading && this.#held === 0;
  }

  #tellFinished(): void {
    if (this.#goodbye !== 'said' || this.#inner.pending > 0) return;
    if (!this.#peerDone && !this.#innerEnded) return;
    this.#inner.setReading(false);
    this.#state = 'finished';
    if (this.#unwrapping) this.#leftover = this.#encrypted.takeRest();
    this.#events.finished();
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}

function closedEarly(): OSError {
  return new OSError('ECONNRESET', {
    message: 'The peer closed the connection during the SSL handshake',
  });
}
