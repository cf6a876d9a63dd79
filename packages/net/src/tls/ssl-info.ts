import { ValueError } from '@loop/core';
import { describe } from '@loop/posix/internal';
import { CERT_NONE } from './constants.ts';
import { peerCertificate, type PeerCertificate } from './peer-certificate.ts';
import { isSSLContext } from './context-brand.ts';
import type { SSLContext } from './ssl-context.ts';
import type { TlsInfo } from './tls-engine.ts';

/**
 * What is known of a TLS connection, as `getExtraInfo('ssl_object')` gives it. Before the handshake most
 * of it is `null`; after the connection is lost it still answers.
 *
 * @see CPython `ssl.SSLObject`
 */
export class SSLInfo {
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
  readonly #info: TlsInfo;
  #context: SSLContext;

  /** @internal */
  constructor(
    info: TlsInfo,
    context: SSLContext,
    serverSide: boolean,
    serverHostname: string | null,
  ) {
    this.#info = info;
    this.#context = context;
    this.serverSide = serverSide;
    this.serverHostname = serverHostname;
  }

  /** The context in use. A server's `sniCallback` may put another here. */
  get context(): SSLContext {
    return this.#context;
  }

  set context(context: SSLContext) {
    if (!isSSLContext(context)) {
      throw new TypeError(`The value must be a SSLContext, got ${describe(context)}`);
    }
    this.#context = context;
  }

  /** `TLSv1.3` */
  version(): string | null {
    return this.#info.version();
  }

  /** The cipher suite, the protocol that defines it, and the bits of its key. */
  cipher(): [name: string, protocol: string, bits: number] | null {
    return this.#info.cipher();
  }

  /** The method of compression: there is none in use today. */
  compression(): string | null {
    return this.#info.compression();
  }

  selectedAlpnProtocol(): string | null {
    return this.#info.selectedAlpnProtocol();
  }

  /**
   * The peer's certificate: `null` if it has sent none; in DER if `binaryForm` is set; taken apart, but
   * only if it was verified, otherwise `{}`.
   *
   * @throws {ValueError} The handshake is not done.
   */
  getpeercert(binaryForm: true): Buffer | null;
  getpeercert(binaryForm?: false): PeerCertificate | Record<string, never> | null;
  getpeercert(binaryForm = false): Buffer | PeerCertificate | Record<string, never> | null {
    if (this.#info.version() === null) throw new ValueError('handshake not done yet');
    const [leaf] = this.#info.peerCertificates();
    if (leaf === undefined) return null;
    if (binaryForm) return leaf;
    return this.#context.verifyMode === CERT_NONE ? {} : peerCertificate(leaf);
  }

  /** The certificates as the peer has sent them, in DER, the leaf first. */
  getUnverifiedChain(): readonly Buffer[] {
    return this.#info.peerCertificates();
  }

  /** Whether an earlier session was resumed. */
  get sessionReused(): boolean {
    return this.#info.sessionReused();
  }

  /** What a client can resume the session by. In TLS 1.3 the server sends it some time after the handshake. */
  get session(): Buffer | null {
    return this.#info.session();
  }

  /**
   * A value that both ends of this connection know and no other has.
   *
   * @throws {ValueError} `type` is not `tls-unique`, the only one there is.
   */
  getChannelBinding(type = 'tls-unique'): Buffer | null {
    if (type !== 'tls-unique') {
      throw new ValueError(`${describe(type)} channel binding type not implemented`);
    }
    return this.#info.tlsUnique();
  }
}
