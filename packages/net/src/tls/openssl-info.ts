import type { OpenSslConnection } from '@loop/posix/internal';
import type { TlsInfo } from './tls-engine.ts';

type Facts = Pick<
  { [N in keyof TlsInfo]: ReturnType<TlsInfo[N]> },
  'version' | 'cipher' | 'selectedAlpnProtocol' | 'peerCertificates' | 'sessionReused'
>;

/** The facts of a connection: asked of OpenSSL while it lives, and kept from its end on. */
export class OpenSslInfo implements TlsInfo {
  #connection: OpenSslConnection | null;
  #facts: Facts | null = null;

  constructor(connection: OpenSslConnection) {
    this.#connection = connection;
  }

  /** The connection is about to be freed. */
  keep(): void {
    this.#facts = this.#known();
    this.#connection = null;
  }

  version(): string | null {
    return this.#known()?.version ?? null;
  }

  cipher(): [name: string, protocol: string, bits: number] | null {
    return this.#known()?.cipher ?? null;
  }

  /** No version that is spoken today compresses. */
  compression(): string | null {
    return null;
  }

  selectedAlpnProtocol(): string | null {
    return this.#known()?.selectedAlpnProtocol ?? null;
  }

  peerCertificates(): readonly Buffer[] {
    return this.#known()?.peerCertificates ?? [];
  }

  sessionReused(): boolean {
    return this.#known()?.sessionReused ?? false;
  }

  session(): Buffer | null {
    return this.#connection?.secured === true ? this.#connection.session : null;
  }

  tlsUnique(): Buffer | null {
    if (this.#connection?.secured !== true) return null;
    const { server, agreement } = this.#connection;
    // The first Finished message is the client's; when a session is resumed, the server's.
    const message =
      agreement.sessionReused === server ? agreement.finished : agreement.peerFinished;
    return message.length === 0 ? null : message;
  }

  /** All at once, and only once: none of them changes any more. */
  #known(): Facts | null {
    const connection = this.#connection;
    if (this.#facts !== null || connection?.secured !== true) return this.#facts;
    const { agreement } = connection;
    this.#facts = {
      version: agreement.version,
      cipher: agreement.cipher,
      selectedAlpnProtocol: agreement.alpnProtocol,
      peerCertificates: certificatesOf(connection),
      sessionReused: agreement.sessionReused,
    };
    return this.#facts;
  }
}

function certificatesOf({ agreement }: OpenSslConnection): Buffer[] {
  const leaf = agreement.peerCertificate;
  if (leaf === null) return [];
  const chain = agreement.peerChain;
  // A server does not find the leaf in the chain, and a resumed session may have no chain.
  return chain[0]?.equals(leaf) === true ? chain : [leaf, ...chain];
}
