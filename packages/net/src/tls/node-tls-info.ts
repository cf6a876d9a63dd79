import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsInfo } from './tls-engine.ts';

/** The facts of a connection of Node's: taken down after the handshake, as its socket forgets them when it closes. */
export class NodeTlsInfo implements TlsInfo {
  #socket: TLSSocket | null = null;
  #serverSide = false;
  #version: string | null = null;
  #cipher: [name: string, protocol: string, bits: number] | null = null;
  #alpn: string | null = null;
  #certificates: Buffer[] = [];
  #reused = false;
  #session: Buffer | null = null;
  #unique: Buffer | null = null;

  /** The handshake has succeeded. */
  opened(socket: TLSSocket, leaf: X509Certificate | undefined, serverSide: boolean): void {
    this.#socket = socket;
    this.#serverSide = serverSide;
    this.#version = socket.getProtocol();
    const { standardName, name, version } = socket.getCipher();
    const suite = version === 'TLSv1.3' ? standardName : name;
    this.#cipher = [suite, version, bitsOf(standardName)];
    this.#alpn = socket.alpnProtocol === false ? null : socket.alpnProtocol;
    this.#reused = socket.isSessionReused();
    this.#certificates = certificatesOf(leaf);
    const mine = this.#reused === this.#serverSide;
    this.#unique = (mine ? socket.getFinished() : socket.getPeerFinished()) ?? null;
  }

  /** A ticket came. */
  resumableBy(session: Buffer): void {
    this.#session = session;
  }

  closed(): void {
    this.#socket = null;
  }

  version(): string | null {
    return this.#version;
  }

  cipher(): [name: string, protocol: string, bits: number] | null {
    return this.#cipher;
  }

  compression(): string | null {
    return null;
  }

  selectedAlpnProtocol(): string | null {
    return this.#alpn;
  }

  peerCertificates(): readonly Buffer[] {
    return this.#certificates;
  }

  sessionReused(): boolean {
    return this.#reused;
  }

  session(): Buffer | null {
    return this.#session ?? this.#socket?.getSession() ?? null;
  }

  tlsUnique(): Buffer | null {
    return this.#unique;
  }
}

/** The leaf, then each issuer; a self-signed one is its own. */
function certificatesOf(leaf: X509Certificate | undefined): Buffer[] {
  const found: Buffer[] = [];
  let certificate = leaf;
  while (certificate !== undefined && !found.some((der) => der.equals(certificate!.raw))) {
    found.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return found;
}

/** Node does not tell them; the name does. */
function bitsOf(standardName: string): number {
  const bits = /_(128|192|256)_/.exec(standardName)?.[1];
  if (bits !== undefined) return Number(bits);
  return standardName.includes('CHACHA20') ? 256 : standardName.includes('3DES') ? 168 : 0;
}
