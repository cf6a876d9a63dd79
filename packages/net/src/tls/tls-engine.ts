import type { EventLoop } from '@loop/core';
import type { ChannelEvents, StreamChannel } from '../transport/stream-channel.ts';

/**
 * What an `SSLContext` asks of OpenSSL: plain data, checked, and never changed once it was handed over.
 * A context that is changed later makes another.
 */
export interface TlsSettings {
  readonly role: 'client' | 'server';
  /** `CERT_NONE`, `CERT_OPTIONAL`, `CERT_REQUIRED`. A client verifies unless it is 0; a server asks for a certificate. */
  readonly verifyMode: 0 | 1 | 2;
  /** As on the wire: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. */
  readonly minimumVersion: number;
  readonly maximumVersion: number;
  /** Our certificates, one for each type of key: PEM, the leaf first; keys decrypted, and checked to fit. */
  readonly identities: ReadonlyArray<{ readonly chain: string; readonly key: string }>;
  /** Certificates to trust, PEM, one each. */
  readonly authorities: readonly string[];
  /** Trusts what Node brings, too (`tls.rootCertificates`, or what it was told to use). */
  readonly defaultAuthorities: boolean;
  /** Revocation lists, PEM; the leaf is checked against them if there is any. */
  readonly revoked: readonly string[];
  /** For TLS 1.2 and below, in OpenSSL's language; `null`: Node's default. */
  readonly ciphers: string | null;
  /** For TLS 1.3, with colons between; `null`: all. */
  readonly ciphersuites: string | null;
  /** Groups for the key exchange, with colons between; `null`: OpenSSL's. */
  readonly groups: string | null;
  /** Protocols by preference, the best first; none: no ALPN. A server without a match goes on without one, where the engine can. */
  readonly alpn: readonly string[];
  /** TLS 1.3 tickets that a server sends; 0: none, and no tickets at all. */
  readonly ticketCount: number;
  /** Wants each line of the key log, a newline at its end. */
  readonly keylog: ((line: Buffer) => void) | null;
}

/**
 * An implementation of TLS: the OpenSSL inside Node by FFI, or Node's `tls`.
 *
 * @typeParam C - What the engine makes of settings: an `SSL_CTX`, a `SecureContext`.
 */
export interface TlsEngine<C = unknown> {
  readonly name: 'openssl' | 'node';
  /**
   * The caller keeps it as long as the settings are in use, for any number of channels.
   *
   * @throws {SSLError} OpenSSL refuses a setting.
   */
  createContext(settings: TlsSettings): C;
  /** Lays TLS over a channel. Nothing is sent before `start()`. */
  openChannel(context: C, options: TlsChannelOptions<C>): TlsChannel;
}

export interface TlsChannelOptions<C = unknown> {
  readonly loop: EventLoop;
  /** Opens what is below; TLS becomes its events, and from then on its owner. Reading is off. */
  readonly inner: (events: ChannelEvents) => StreamChannel;
  readonly events: TlsChannelEvents;
  /** The settings that `context` was made of. */
  readonly settings: TlsSettings;
  /** Sent as SNI by a client; `null`, and addresses (which the caller has made `null`): none. */
  readonly serverName: string | null;
  /** Whom the peer's certificate has to name, a host name or an address; `null`: anybody. */
  readonly verifyName: string | null;
  /**
   * Of a server whose context has a callback for SNI: the context to go on with, `null` for the same, or
   * the number of an alert to refuse with. What it throws fails the handshake, and is the error of that.
   */
  readonly selectContext: ((serverName: string | null) => C | number | null) | null;
  /** What an earlier connection gave, for a client that wants to resume it. */
  readonly session: Buffer | null;
  /** Of the peer's bytes what came before there was a channel: TLS's first input, at `start()`. */
  readonly received: Uint8Array | null;
}

/**
 * TLS as a channel, over another.
 *
 * 1. `start()` begins the handshake. It ends with `opened` or `failed`, and no other event comes before.
 *    What is written before waits (`pending`).
 * 2. Plaintext is delivered while reading is on, in a callback of the loop of its own when `setReading`
 *    turns it on; what is below is read no further while it is off. The handshake, and `finish`, read
 *    whatever `setReading` said; plaintext that `finish` meets is dropped.
 * 3. `ended` comes once for the peer's close_notify or, below, for the end of the stream; neither before
 *    plaintext that came earlier, nor while reading is off.
 * 4. `finish()` comes last, when nothing is pending: it sends close_notify, waits for the peer's or the
 *    end of the stream, and tells `finished`, once and in a callback of its own. It is called after
 *    `opened` only. `close()` says nothing to the peer.
 * 5. `pending` counts plaintext that is not encrypted yet, and what the channel below has pending;
 *    `wrote` says that it has become smaller.
 * 6. Errors are those of the channel below, `SSLError`, `SSLCertVerificationError`, or whatever
 *    `selectContext` threw. An end of the stream during the handshake is
 *    `OSError('ECONNRESET')`. On a bad record or certificate the alert goes out first.
 * 7. Timeouts are the caller's: it closes.
 */
export interface TlsChannel extends StreamChannel {
  readonly kind: 'tls';
  readonly canEnd: false;
  /** Bytes that were received and not delivered yet. */
  readonly held: number;
  readonly info: TlsInfo;
  start(): void;
  finish(): void;
  /**
   * As `finish`, but gives the channel below back: with `finished` it is the caller's, reading is off, and
   * `close()` frees TLS alone. What arrived behind the peer's close_notify is the result.
   */
  unwrap(): void;
  /** After `finished` of an `unwrap`. */
  readonly leftover: Buffer | null;
}

/** What a TLS channel tells besides. */
export interface TlsChannelEvents extends ChannelEvents {
  /** The handshake has succeeded, and the peer is who it shall be. */
  opened(): void;
  /** Both have said goodbye. */
  finished(): void;
}

/**
 * Facts of a connection, as `ssl_object` shows them. Before the handshake they are `null`; after
 * `close()` they still answer, with what was asked before or what is cheap to keep.
 */
export interface TlsInfo {
  /** `TLSv1.3` */
  version(): string | null;
  cipher(): [name: string, protocol: string, bits: number] | null;
  compression(): string | null;
  selectedAlpnProtocol(): string | null;
  /** DER, the leaf first; none: the peer has sent none. Also when it was not verified. */
  peerCertificates(): readonly Buffer[];
  sessionReused(): boolean;
  /** To resume the connection by, as OpenSSL writes it (`i2d_SSL_SESSION`); TLS 1.3 has it some time after the handshake. */
  session(): Buffer | null;
  /** The first Finished message (RFC 5929); `null` where there is none. */
  tlsUnique(): Buffer | null;
}
