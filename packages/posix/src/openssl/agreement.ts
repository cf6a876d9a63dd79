import { X509_V_OK } from './constants.ts';
import { encodeDer } from './der.ts';
import { openssl } from './library.ts';

/** Name, the version that brought it, and its secret bits. */
export type CipherTriple = [name: string, protocol: string, bits: number];

// Finished messages are as long as the hash: SHA-384 at most.
const MOST_FINISHED = 64;

/**
 * What the two sides of a connection have agreed on, copied out of OpenSSL's memory when it is asked for.
 * Before the handshake the answers are null or empty. After `free()` each throws.
 */
export class Agreement {
  readonly #ssl: () => number;

  /** @param ssl - Gives the pointer, or throws when there is none any more. */
  constructor(ssl: () => number) {
    this.#ssl = ssl;
  }

  /** `TLSv1.3`; before the handshake the newest that could be agreed on. */
  get version(): string {
    return openssl.SSL_get_version(this.#ssl());
  }

  get cipher(): CipherTriple | null {
    const cipher = openssl.SSL_get_current_cipher(this.#ssl());
    return cipher === 0 ? null : tripleOf(cipher);
  }

  /** Of a server: the ciphers that the client has offered and this side allows. */
  get sharedCiphers(): CipherTriple[] {
    const ssl = this.#ssl();
    // Ciphers are constants: the same one has the same address in both lists.
    const allowed = new Set(pointersOf(openssl.SSL_get_ciphers(ssl)));
    const offered = pointersOf(openssl.SSL_get_client_ciphers(ssl));
    return offered.filter((cipher) => allowed.has(cipher)).map(tripleOf);
  }

  get alpnProtocol(): string | null {
    const data = new BigUint64Array(1);
    const length = new Uint32Array(1);
    openssl.SSL_get0_alpn_selected(this.#ssl(), data, length);
    return length[0] === 0 ? null : copyOf(Number(data[0]), length[0]!).toString();
  }

  /** DER */
  get peerCertificate(): Buffer | null {
    const certificate = openssl.SSL_get1_peer_certificate(this.#ssl());
    if (certificate === 0) return null;
    const der = derOf(certificate);
    openssl.X509_free(certificate);
    return der;
  }

  /** DER, as the peer sent them. For a server the peer's own certificate is not among them. */
  get peerChain(): Buffer[] {
    return pointersOf(openssl.SSL_get_peer_cert_chain(this.#ssl())).map(derOf);
  }

  /** DER, from the peer's to an authority; empty where nothing was verified. */
  get verifiedChain(): Buffer[] {
    return pointersOf(openssl.SSL_get0_verified_chain(this.#ssl())).map(derOf);
  }

  /** X509_V_ERR_*, or 0: the chain is right, or there is none. */
  get verifyResult(): number {
    return openssl.SSL_get_verify_result(this.#ssl());
  }

  get verified(): boolean {
    return this.verifyResult === X509_V_OK;
  }

  get sessionReused(): boolean {
    return openssl.SSL_session_reused(this.#ssl()) === 1;
  }

  /** The Finished message of this side, and the peer's: what channel bindings are made of. */
  get finished(): Buffer {
    const bytes = Buffer.alloc(MOST_FINISHED);
    return bytes.subarray(0, openssl.SSL_get_finished(this.#ssl(), bytes, bytes.length));
  }

  get peerFinished(): Buffer {
    const bytes = Buffer.alloc(MOST_FINISHED);
    return bytes.subarray(0, openssl.SSL_get_peer_finished(this.#ssl(), bytes, bytes.length));
  }
}

function tripleOf(cipher: number): CipherTriple {
  return [
    openssl.SSL_CIPHER_get_name(cipher),
    openssl.SSL_CIPHER_get_version(cipher),
    openssl.SSL_CIPHER_get_bits(cipher, null),
  ];
}

function pointersOf(stack: number): number[] {
  if (stack === 0) return [];
  const length = Math.max(0, openssl.OPENSSL_sk_num(stack));
  return Array.from({ length }, (_, index) => openssl.OPENSSL_sk_value(stack, index));
}

function derOf(certificate: number): Buffer {
  return encodeDer((out) => openssl.i2d_X509(certificate, out));
}

function copyOf(address: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  openssl.memcpy(bytes, address, length);
  return bytes;
}
