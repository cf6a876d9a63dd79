import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import type { StreamTransport } from '../transport/stream-transport.ts';
import type { ExtraInfo } from '../transport/transport.ts';

/**
 * A transport as a channel, for a layer above it: it is the transport's protocol.
 *
 * Closing the transport by hand is the end of all that is above, which `gone` tells.
 */
export class TransportChannel implements StreamChannel {
  readonly kind = 'transport';
  readonly canEnd = false;
  readonly extra: Partial<ExtraInfo>;
  readonly #transport: StreamTransport;
  readonly #events: ChannelEvents;
  readonly #gone: () => void;
  readonly #limits: [low: number, high: number];
  #ended = false;
  #discarded = false;
  #closed = false;

  /** Takes `transport` over, with reading off. */
  constructor(transport: StreamTransport, events: ChannelEvents, gone: () => void) {
    this.#transport = transport;
    this.#events = events;
    this.#gone = gone;
    this.extra = transport._channel.extra;
    this.#limits = transport.getWriteBufferLimits();
    transport.pauseReading();
    transport.setProtocol(this);
    // The limits are those of the layer above; this one tells when all is sent.
    transport.setWriteBufferLimits(0, 0);
  }

  /** Whether the peer has closed its writing side. */
  get ended(): boolean {
    return this.#ended;
  }

  get pending(): number {
    return this.#discarded ? 0 : this.#transport.getWriteBufferSize();
  }

  setReading(reading: boolean): void {
    if (this.#closed) return;
    if (reading) this.#transport.resumeReading();
    else this.#transport.pauseReading();
  }

  write(data: Uint8Array): void {
    this.#transport.write(data);
  }

  writev(pieces: readonly Uint8Array[]): void {
    this.#transport.writelines(pieces);
  }

  end(): void {}

  discard(): void {
    this.#discarded = true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#discarded) this.#transport.abort();
    else this.#transport.close();
  }

  /** The transport is somebody else's again. */
  release(): void {
    this.#closed = true;
    const [low, high] = this.#limits;
    this.#transport.setWriteBufferLimits(high, low);
  }

  // As the transport's protocol

  connectionMade(): void {}

  dataReceived(data: Buffer): void {
    if (!this.#closed) this.#events.received(data);
  }

  eofReceived(): boolean {
    this.#ended = true;
    if (!this.#closed) this.#events.ended();
    // There may be a goodbye to say.
    return this.#transport.canWriteEof();
  }

  connectionLost(error: Error | null): void {
    if (this.#closed) return;
    if (error === null) this.#gone();
    else this.#events.failed(error, 'Fatal error on the transport below');
  }

  pauseWriting(): void {}

  resumeWriting(): void {
    if (!this.#closed) this.#events.wrote();
  }
}
