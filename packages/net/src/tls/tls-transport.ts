import {
  type Coroutine,
  type EventLoop,
  type Future,
  operation,
  RuntimeError,
  ValueError,
} from '@loop/core';
import { OSError } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import type { StreamOwner } from '../backend/descriptor-owners.ts';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';
import { PLAIN, type StreamTraits, typeName } from '../transport/stream-traits.ts';
import { settle } from '../transport/settle.ts';
import { StreamTransport, type StreamTransportOptions } from '../transport/stream-transport.ts';
import type { Transport } from '../transport/transport.ts';
import type { BaseProtocol, BufferedProtocol, StreamProtocol } from '../transport/protocol.ts';
import { engineContext, tlsEngineOf } from './choose-engine.ts';
import { handshakeNames, selectContext } from './handshake-options.ts';
import type { SSLContext } from './ssl-context.ts';
import { SSLInfo } from './ssl-info.ts';
import type { PeerCertificate } from './peer-certificate.ts';
import type { TlsChannel } from './tls-engine.ts';
import { TransportChannel } from './transport-channel.ts';
import type { TlsParameters } from './tls-options.ts';

declare module '../transport/transport.ts' {
  interface ExtraInfo {
    readonly sslcontext: SSLContext;
    readonly ssl_object: SSLInfo;
    /** `{}` if it was not verified, `null` if there is none. */
    readonly peercert: PeerCertificate | Record<string, never> | null;
    readonly cipher: [name: string, protocol: string, bits: number] | null;
    readonly compression: string | null;
  }
}

/** What a TLS transport is made of. */
export interface TlsTransportOptions extends Pick<
  StreamTransportOptions,
  'loop' | 'protocol' | 'owner' | 'ready'
> {
  readonly tls: TlsParameters;
  /** Opens the channel below, or takes a transport over. */
  readonly below: StreamTransport | ((events: ChannelEvents, owner: StreamOwner) => StreamChannel);
  /** Of the peer's bytes what came before. */
  readonly received?: Uint8Array | null;
}

const READ_HIGH_WATER = 256 * 1024;

/**
 * A stream over TLS.
 *
 * @see CPython `asyncio.sslproto._SSLProtocolTransport`
 */
export class TlsTransport extends StreamTransport {
  readonly #loop: EventLoop;
  readonly #below: StreamTransport | null;
  readonly #carrier: TransportChannel | null;
  readonly #channel: TlsChannel;
  readonly #context: SSLContext;
  readonly #info: SSLInfo;
  #readLimits: [low: number, high: number] = [READ_HIGH_WATER / 4, READ_HIGH_WATER];

  constructor({ tls, below, received = null, ...options }: TlsTransportOptions) {
    let parts!: TlsParts;
    let carrier: TransportChannel | null = null;
    const isUpgrade = below instanceof StreamTransport;
    super({
      ...options,
      traits: traitsOf(tls),
      announce: !isUpgrade,
      open: (transport) => {
        parts = layTls(options.loop, tls, received, transport, (events, owner) => {
          if (!isUpgrade) return below(events, owner);
          carrier = new TransportChannel(below, events, () => transport.abort());
          return carrier;
        });
        return parts.channel;
      },
    });
    this.#loop = options.loop;
    this.#below = isUpgrade ? below : null;
    this.#carrier = carrier;
    this.#below?._carry(this);
    this.#channel = parts.channel;
    this.#info = parts.info;
    this.#context = tls.context;
  }

  /**
   * Ends TLS, if the peer does so too, and goes on in plain with the transport that `startTls` was given,
   * which it gives; `null`: it is closing already. The protocol stays. What the peer sends before its
   * goodbye is dropped. A peer that closes without one has said enough: the transport brings the end.
   *
   * Rejects with `TimeoutError` where the peer says nothing within `sslShutdownTimeout`; with `RuntimeError` for a connection that has been TLS from the start; with what it was lost by.
   */
  unwrap(): Future<Transport | null> {
    return operation(() => this.#unwrap(), this.#loop);
  }

  override getExtraInfo(name: string, fallback?: unknown): unknown {
    const info = this.#info;
    if (name === 'sslcontext') return this.#context;
    if (name === 'ssl_object') return info;
    if (info.version() !== null) {
      if (name === 'peercert') return info.getpeercert();
      if (name === 'cipher') return info.cipher();
      if (name === 'compression') return info.compression();
    }
    return this.getProtocol() === null ? fallback : super.getExtraInfo(name, fallback);
  }

  *#unwrap(): Coroutine<Transport | null> {
    const below = this.#below;
    const carrier = this.#carrier;
    if (below === null || carrier === null) {
      throw new RuntimeError('Only a transport that startTls() has made can be unwrapped');
    }
    const protocol = this.getProtocol() as StreamProtocol | BufferedProtocol | null;
    if (this.isClosing() || protocol === null) return null;
    const left = this.#loop.createFuture<void>();
    this._leave((error) => {
      if (error === null) this.#handBack(below, carrier, protocol);
      settle(left, error);
    });
    try {
      yield* left;
    } catch (error) {
      this.abort();
      throw error;
    }
    return below;
  }

  #handBack(
    below: StreamTransport,
    carrier: TransportChannel,
    protocol: StreamProtocol | BufferedProtocol,
  ): void {
    carrier.release();
    below._carry(null);
    below.setProtocol(protocol as BaseProtocol<never>);
    const { leftover } = this.#channel;
    if (leftover !== null && leftover.length > 0) below._deliver(leftover);
    if (carrier.ended) below._deliverEnd();
    below.resumeReading();
  }

  /** The limits for received bytes that wait to be delivered, as `[low, high]`. */
  getReadBufferLimits(): [low: number, high: number] {
    return [...this.#readLimits];
  }

  /**
   * Sets them. While reading is paused nothing more is taken from the socket, whatever they are.
   *
   * @throws {ValueError} Unless `high >= low >= 0`.
   */
  setReadBufferLimits(high?: number | null, low?: number | null): void {
    const newHigh = high ?? (low === null || low === undefined ? READ_HIGH_WATER : 4 * low);
    const newLow = low ?? Math.floor(newHigh / 4);
    if (!(newHigh >= newLow && newLow >= 0)) {
      throw new ValueError(
        `high (${describe(newHigh)}) must be >= low (${describe(newLow)}) must be >= 0`,
      );
    }
    this.#readLimits = [newLow, newHigh];
  }

  /** Received bytes that wait to be delivered. */
  getReadBufferSize(): number {
    return this.#channel.held;
  }
}

interface TlsParts {
  readonly channel: TlsChannel;
  readonly info: SSLInfo;
}

/** TLS over what `inner` opens, by the engine of the loop. */
function layTls(
  loop: EventLoop,
  { context, serverSide, serverHostname, session }: TlsParameters,
  received: Uint8Array | null,
  transport: StreamTransport,
  inner: (events: ChannelEvents, owner: StreamOwner) => StreamChannel,
): TlsParts {
  const engine = tlsEngineOf(loop);
  const settings = context._settings;
  const asks = serverSide && context.sniCallback !== null;
  const channel = engine.openChannel(engineContext(engine, settings), {
    loop,
    inner: (events) => inner(events, transport),
    events: transport,
    settings,
    ...handshakeNames(context, serverSide, serverHostname),
    selectContext: asks ? (name) => selectContext(engine, context, info, name) : null,
    session,
    received,
  });
  const info = new SSLInfo(channel.info, context, serverSide, serverHostname);
  return { channel, info };
}

function traitsOf({ handshakeTimeout, shutdownTimeout }: TlsParameters): StreamTraits {
  return { ...TLS, openWithin: handshakeTimeout, closeWithin: shutdownTimeout };
}

const TLS: StreamTraits = {
  ...PLAIN,
  highWater: 512 * 1024,
  pausesAtLimit: true,
  openTimedOut: (seconds) =>
    new OSError('ECONNABORTED', {
      message: `SSL handshake is taking longer than ${Number.isInteger(seconds) ? seconds.toFixed(1) : seconds} seconds: aborting the connection`,
    }),
  closeTimedOut: 'SSL shutdown timed out',
  openFailed: 'SSL handshake failed',
  openAborted: 'The connection was closed during the SSL handshake',
  lostWrite: 'SSL connection is closed',
  cannotKeepOpen: 'returning true from eof_received() has no effect when using ssl',
  protocolFailed: (method) =>
    method === 'eof_received()' ? 'Error calling eof_received()' : 'Fatal error on SSL protocol',
  notBytes: (data) => new TypeError(`data: expecting a bytes-like instance, got ${typeName(data)}`),
};
