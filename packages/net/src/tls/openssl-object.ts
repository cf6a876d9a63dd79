import { ValueError } from '@loop/core';
import {
  checkBytes,
  checkInteger,
  type CipherTriple,
  CLOSED,
  OpenSslConnection,
  type OpenSslContext,
  WANT_READ,
  WANT_WRITE,
} from '@loop/posix/internal';
import { withSslErrors } from './openssl-error.ts';
import { OpenSslInfo } from './openssl-info.ts';
import type { MemoryBIO } from './openssl-memory-bio.ts';
import type { SSLContext } from './ssl-context.ts';
import { SSLWantReadError, SSLWantWriteError, SSLZeroReturnError } from './ssl-error.ts';
import { SSLInfo } from './ssl-info.ts';

/** What {@link createSslObject} needs; names are checked and translated. */
export interface SslObjectOptions {
  readonly context: SSLContext;
  /** What the settings of `context` are for OpenSSL. */
  readonly native: OpenSslContext;
  readonly incoming: MemoryBIO;
  readonly outgoing: MemoryBIO;
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
  /** As in `TlsChannelOptions`. */
  readonly serverName: string | null;
  readonly verifyName: string | null;
  readonly session: Buffer | null;
  readonly selectContext:
    | ((object: SSLInfo, serverName: string | null) => OpenSslContext | number | null)
    | null;
}

/** What `SSLContext.wrapBio()` answers. */
export function createSslObject(options: SslObjectOptions): SSLObject {
  const { context, serverSide, serverHostname, selectContext } = options;
  const connection: OpenSslConnection = withSslErrors(
    () =>
      new OpenSslConnection(options.native, {
        server: serverSide,
        serverName: options.serverName,
        verifyName: options.verifyName,
        session: options.session,
        incoming: options.incoming._bio,
        outgoing: options.outgoing._bio,
        onServerName: selectContext === null ? null : (name) => selectContext(object, name),
      }),
  );
  const object: SSLObject = new SSLObject(connection, context, serverSide, serverHostname);
  return object;
}

/**
 * TLS without a network: encrypted bytes come from one {@link MemoryBIO} and go to another, and nothing
 * waits. Made by `SSLContext.wrapBio()`.
 *
 * What needs more bytes throws {@link SSLWantReadError}, and is called again when the incoming BIO has
 * got some; whatever is in the outgoing BIO after a call is to be sent. Every other {@link SSLError} is
 * the end of the connection.
 *
 * @see CPython `ssl.SSLObject`
 */
export class SSLObject extends SSLInfo {
  readonly #connection: OpenSslConnection;

  /** @internal */
  constructor(
    connection: OpenSslConnection,
    context: SSLContext,
    serverSide: boolean,
    serverHostname: string | null,
  ) {
    super(new OpenSslInfo(connection), context, serverSide, serverHostname);
    this.#connection = connection;
  }

  /**
   * @throws {SSLWantReadError} The peer has to say something first.
   * @throws {SSLCertVerificationError} The peer is not who it shall be.
   */
  doHandshake(): void {
    completed(withSslErrors(() => this.#connection.handshake()));
  }

  /**
   * The next bytes in plain, at most `size` of them, or how many of them were put into `buffer`. None:
   * the peer has said goodbye.
   *
   * @throws {SSLWantReadError} There are none yet.
   * @throws {SSLZeroReturnError} Both sides have said goodbye.
   * @throws {SSLEOFError} The incoming BIO has ended, and the peer has not said goodbye.
   */
  read(size?: number): Buffer;
  read(size: number, buffer: Uint8Array): number;
  read(size = 1024, buffer?: Uint8Array): Buffer | number {
    checkInteger(size, 'size');
    if (size < 0) throw new ValueError('size should not be negative');
    if (buffer !== undefined) {
      checkBytes(buffer, 'buffer');
      return this.#readInto(buffer, Math.min(size, buffer.length));
    }
    // There is never more than one record.
    const bytes = Buffer.allocUnsafe(Math.min(size, RECORD));
    return bytes.subarray(0, this.#readInto(bytes, bytes.length));
  }

  /**
   * Encrypts all of `data`.
   *
   * @returns Its length.
   */
  write(data: Uint8Array): number {
    checkBytes(data, 'data');
    return completed(withSslErrors(() => this.#connection.write(data)));
  }

  /** Bytes in plain that the next {@link read} can get without any from the peer. */
  pending(): number {
    return this.#connection.pending;
  }

  /**
   * Says goodbye, and waits for the peer's.
   *
   * @throws {SSLWantReadError} The peer has not said it yet.
   */
  unwrap(): void {
    completed(
      withSslErrors(() => {
        const first = this.#connection.shutdown();
        return first === 0 ? this.#connection.shutdown() : first;
      }),
    );
  }

  /** Of a server: the ciphers that the client has offered and that can be used; else `null`. */
  sharedCiphers(): CipherTriple[] | null {
    if (!this.serverSide || !this.#connection.secured) return null;
    return this.#connection.agreement.sharedCiphers;
  }

  /** The certificates from the peer's to the authority's, in DER. */
  getVerifiedChain(): readonly Buffer[] {
    return this.#connection.agreement.verifiedChain;
  }

  override toString(): string {
    const side = this.serverSide ? 'server' : 'client';
    return `<SSLObject ${side} ${this.version() ?? 'handshaking'}>`;
  }

  #readInto(bytes: Uint8Array, length: number): number {
    if (length === 0) return 0;
    const result = withSslErrors(() => this.#connection.read(bytes, 0, length));
    if (result !== CLOSED) return completed(result);
    if (this.#connection.saidGoodbye) throw new SSLZeroReturnError();
    return 0;
  }
}

const RECORD = 16 * 1024;

function completed(result: number): number {
  if (result === WANT_READ) throw new SSLWantReadError();
  if (result === WANT_WRITE) throw new SSLWantWriteError();
  if (result === CLOSED) throw new SSLZeroReturnError();
  return result;
}
