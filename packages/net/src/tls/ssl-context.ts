import { appendFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { NotImplementedError, ValueError } from '@loop/core';
import { checkBoolean } from '@loop/core/errors';
import { describe, isOpenSslSupported } from '@loop/posix/internal';
import { engineContext } from './choose-engine.ts';
import { type ContextSettings, DEFAULT_CLIENT, INITIAL } from './context-settings.ts';
import { brandContext } from './context-brand.ts';
import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  type TlsProtocol,
  TLSVersion,
  type VerifyMode,
} from './constants.ts';
import {
  asSSLError,
  certificatesIn,
  identityOf,
  type Password,
  type PemSource,
  parseCertificate,
  revocationsIn,
} from './pem.ts';
import { handshakeNames, selectContext } from './handshake-options.ts';
import type { MemoryBIO } from './openssl-memory-bio.ts';
import { createSslObject, type SSLObject } from './openssl-object.ts';
import { openSslEngine } from './openssl-engine.ts';
import { checkRole, checkServerHostname } from './check-handshake.ts';
import { peerCertificate, type PeerCertificate } from './peer-certificate.ts';
import { SSLError } from './ssl-error.ts';
import type { SSLInfo } from './ssl-info.ts';
import type { TlsSettings } from './tls-engine.ts';
import { contentsOf, isSource, type VerifyLocations } from './verify-locations.ts';

/**
 * Called by a server when a client has named a host. Another context goes on with the handshake when it is
 * returned, or assigned to `connection.context`; a number is an alert to refuse with (112: unrecognized name).
 * What it throws fails the handshake.
 */
export type SniCallback = (
  connection: SSLInfo,
  serverName: string | null,
  context: SSLContext,
) => SSLContext | number | null | undefined | void;

/** Options of `SSLContext.wrapBio`. */
export interface WrapBioOptions {
  readonly serverSide?: boolean | undefined;
  /** Whom the server's certificate has to name; an empty string: nobody. */
  readonly serverHostname?: string | null | undefined;
  /** `SSLObject.session` of an earlier connection, to resume it. */
  readonly session?: Buffer | null | undefined;
}

/**
 * What TLS connections have in common: certificates, whom to trust, versions. {@link createDefaultContext}
 * makes one with good settings. A change has effect on later connections.
 *
 * @see CPython `ssl.SSLContext`
 */
export class SSLContext {
  readonly protocol: TlsProtocol;
  #settings: ContextSettings;
  #checkHostname: boolean;
  #sniCallback: SniCallback | null = null;
  #keylogFilename: string | null = null;

  /**
   * For clients (verifies chain and name, trusts nobody yet) or servers (asks for no certificate).
   *
   * @throws {ValueError} `protocol` is neither `PROTOCOL_TLS_CLIENT` nor `PROTOCOL_TLS_SERVER`.
   */
  constructor(protocol: TlsProtocol = PROTOCOL_TLS_CLIENT) {
    const initial = (INITIAL as Partial<Record<number, ContextSettings>>)[protocol];
    if (initial === undefined) {
      throw new ValueError(
        `Expected protocol to be PROTOCOL_TLS_CLIENT or PROTOCOL_TLS_SERVER, got ${describe(protocol)}`,
      );
    }
    this.protocol = protocol;
    brandContext(this);
    this.#settings = initial;
    this.#checkHostname = protocol === PROTOCOL_TLS_CLIENT;
  }

  /** Whether a client checks that the certificate names the host. Turning it on turns verification on. */
  get checkHostname(): boolean {
    return this.#checkHostname;
  }

  set checkHostname(value: boolean) {
    checkBoolean(value, 'checkHostname');
    if (value && this.verifyMode === CERT_NONE) this.verifyMode = CERT_REQUIRED;
    this.#checkHostname = value;
  }

  /** @throws {ValueError} `CERT_NONE` while `checkHostname` is on: turn that off first. */
  get verifyMode(): VerifyMode {
    return this.#settings.verifyMode;
  }

  set verifyMode(value: VerifyMode) {
    if (![CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED].includes(value)) {
      throw new ValueError(
        `Expected verifyMode to be CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED, got ${describe(value)}`,
      );
    }
    if (value === CERT_NONE && this.#checkHostname) {
      throw new ValueError('Cannot set verify_mode to CERT_NONE when check_hostname is enabled.');
    }
    this.#change({ verifyMode: value });
  }

  /** By default TLS 1.2. */
  get minimumVersion(): TLSVersion {
    return this.#settings.minimumVersion as TLSVersion;
  }

  set minimumVersion(value: TLSVersion) {
    this.#change({ minimumVersion: checkVersion(value, 'minimumVersion') });
  }

  /** By default TLS 1.3. */
  get maximumVersion(): TLSVersion {
    return this.#settings.maximumVersion as TLSVersion;
  }

  set maximumVersion(value: TLSVersion) {
    this.#change({ maximumVersion: checkVersion(value, 'maximumVersion') });
  }

  /** How many tickets to resume by a server sends in TLS 1.3; 0: none, in any version. */
  get numTickets(): number {
    return this.#settings.ticketCount;
  }

  set numTickets(value: number) {
    if (!Number.isInteger(value) || value < 0) {
      throw new ValueError(
        `Expected numTickets to be an integer from 0 up, got ${describe(value)}`,
      );
    }
    if (this.protocol !== PROTOCOL_TLS_SERVER) {
      throw new ValueError('not a server context: numTickets belongs to PROTOCOL_TLS_SERVER');
    }
    this.#change({ ticketCount: value });
  }

  /**
   * Called by a server when a client names the host it wants; by OpenSSL, but not by Node's `tls`, with
   * `null` for one that names nobody.
   */
  get sniCallback(): SniCallback | null {
    return this.#sniCallback;
  }

  set sniCallback(value: SniCallback | null) {
    if (value !== null && typeof value !== 'function') {
      throw new TypeError(`Expected sniCallback to be a function or null, got ${describe(value)}`);
    }
    this.#sniCallback = value;
  }

  /** A file to which the secrets of connections are appended, for Wireshark: who has it can read them all. */
  get keylogFilename(): string | null {
    return this.#keylogFilename;
  }

  set keylogFilename(path: string | null) {
    if (path !== null && typeof path !== 'string') {
      throw new TypeError(`Expected keylogFilename to be a path or null, got ${describe(path)}`);
    }
    this.#keylogFilename = path;
    this.#change({
      keylog: path === null ? null : (line) => appendFileSync(path, line, { mode: 0o600 }),
    });
  }

  /**
   * Our own certificate, with those up to the root (which may be missing), and its private key. A context
   * can have one for each type of key.
   *
   * @param certfile - PEM, the leaf first; it may hold the key too.
   * @throws {OSError} A file cannot be read.
   * @throws {SSLError} There is no certificate or key in it, the password is wrong, or key and certificate do not fit.
   */
  loadCertChain(certfile: PemSource, keyfile?: PemSource | null, password?: Password | null): void {
    const identity = identityOf(certfile, keyfile ?? null, password);
    const others = this.#settings.identities.filter(({ keyType }) => keyType !== identity.keyType);
    this.#change({ identities: [...others, identity] });
  }

  /**
   * Certificates to trust, besides those that are trusted already, and lists of revoked ones.
   *
   * @throws {OSError} A file or folder cannot be read.
   * @throws {SSLError} There is no certificate in it.
   */
  loadVerifyLocations(
    locations: PemSource | VerifyLocations | null,
    capath?: string | null,
    cadata?: string | Uint8Array | null,
  ): void {
    if (typeof locations !== 'object' && !isSource(locations)) {
      throw new TypeError(
        `Expected the locations to be a path, bytes or an object, got ${describe(locations)}`,
      );
    }
    const all =
      locations === null || isSource(locations) ? { cafile: locations, capath, cadata } : locations;
    const contents = [...contentsOf(all)];
    if (contents.length === 0) {
      throw new TypeError('cafile, capath and cadata cannot be all omitted');
    }
    const authorities = contents.flatMap(certificatesIn);
    const revoked = contents.flatMap(revocationsIn);
    if (authorities.length === 0 && revoked.length === 0) {
      throw new SSLError('no certificate or crl found', { library: 'X509' });
    }
    this.#change({
      authorities: [...new Set([...this.#settings.authorities, ...authorities])],
      revoked: [...this.#settings.revoked, ...revoked],
    });
  }

  /** Trusts what Node trusts: the roots that it brings, or those it was told to use. */
  loadDefaultCerts(): void {
    if (this.#settings === INITIAL[PROTOCOL_TLS_CLIENT]) this.#settings = DEFAULT_CLIENT;
    else this.#change({ defaultAuthorities: true });
  }

  /** The certificates that were loaded by {@link loadVerifyLocations}: DER, or taken apart. */
  getCaCerts(binaryForm: true): Buffer[];
  getCaCerts(binaryForm?: false): PeerCertificate[];
  getCaCerts(binaryForm = false): Buffer[] | PeerCertificate[] {
    const all = this.#settings.authorities.map((pem) => parseCertificate(pem).raw);
    return binaryForm ? all : all.map(peerCertificate);
  }

  /**
   * Protocols to offer, or to choose from: the best first. A server that has none in common with a client
   * goes on without one; on Node's `tls` it refuses the client.
   *
   * @throws {ValueError} A name is empty, or longer than 255 bytes.
   */
  setAlpnProtocols(protocols: readonly string[]): void {
    if (!Array.isArray(protocols)) {
      throw new TypeError(`Expected protocols to be a list of strings, got ${describe(protocols)}`);
    }
    for (const protocol of protocols) {
      if (typeof protocol !== 'string') {
        throw new TypeError(`Expected ALPN protocols to be strings, got ${describe(protocol)}`);
      }
      const length = Buffer.byteLength(protocol);
      if (length === 0 || length > 255) {
        throw new ValueError(
          `Expected ALPN protocols to have 1 to 255 bytes, got ${describe(protocol)}`,
        );
      }
    }
    this.#change({ alpn: [...protocols] });
  }

  /**
   * Cipher suites for TLS 1.2 and below, in OpenSSL's language (`ECDHE+AESGCM`).
   *
   * @throws {SSLError} None can be selected.
   * @see ciphers(1ssl)
   */
  setCiphers(ciphers: string): void {
    checkText(ciphers, 'ciphers');
    // In OpenSSL's own list, those of TLS 1.3 are there whatever is asked for.
    const list = ciphers.split(':').filter((name) => !name.startsWith('TLS_'));
    try {
      createSecureContext({ ciphers: list.join(':') });
      if (list.length === 0) throw new SSLError('no cipher match');
    } catch (error) {
      throw new SSLError('NO_CIPHER_MATCH', {
        message: 'No cipher can be selected.',
        cause: error,
      });
    }
    this.#change({ ciphers: list.join(':') });
  }

  /**
   * Cipher suites for TLS 1.3, by their names with colons between.
   *
   * @throws {SSLError} One is unknown.
   */
  setCiphersuites(suites: string): void {
    checkText(suites, 'suites');
    try {
      if (!suites.split(':').every((name) => name.startsWith('TLS_')))
        throw new SSLError('no match');
      createSecureContext({ ciphers: suites });
    } catch (error) {
      throw new SSLError('NO_CIPHER_MATCH', {
        message: 'No cipher can be selected.',
        cause: error,
      });
    }
    this.#change({ ciphersuites: suites });
  }

  /**
   * The group for the key exchange, or several with colons between.
   *
   * @throws {SSLError} It is unknown.
   */
  setEcdhCurve(name: string): void {
    checkText(name, 'name');
    try {
      createSecureContext({ ecdhCurve: name });
    } catch (error) {
      throw asSSLError(error, 'unknown group');
    }
    this.#change({ groups: name });
  }

  /**
   * TLS without a network, between two queues of bytes.
   *
   * @throws {SSLError} The context is for the other role.
   * @throws {ValueError} A client's context checks names, and no name was given.
   * @throws {NotImplementedError} The OpenSSL inside this Node cannot be called.
   */
  wrapBio(incoming: MemoryBIO, outgoing: MemoryBIO, options: WrapBioOptions = {}): SSLObject {
    if (!isOpenSslSupported()) {
      throw new NotImplementedError('wrapBio() needs the OpenSSL inside Node, by FFI');
    }
    const { serverSide = false, serverHostname = null, session = null } = options;
    checkRole(this, serverSide);
    const name = serverHostname === null ? null : checkServerHostname(serverHostname);
    if (this.checkHostname && !serverSide && name === null) {
      throw new ValueError('check_hostname requires server_hostname');
    }
    const asks = serverSide && this.#sniCallback !== null;
    return createSslObject({
      context: this,
      native: engineContext(openSslEngine, this.#settings),
      incoming,
      outgoing,
      serverSide,
      serverHostname: name,
      ...handshakeNames(this, serverSide, name),
      session,
      selectContext: asks
        ? (connection, wanted) => selectContext(openSslEngine, this, connection, wanted)
        : null,
    });
  }

  toString(): string {
    return `<SSLContext ${this.#settings.role} verify=${this.verifyMode} certificates=${this.#settings.identities.length}>`;
  }

  /** @internal */
  get _settings(): TlsSettings {
    return this.#settings;
  }

  #change(changes: Partial<ContextSettings>): void {
    this.#settings = { ...this.#settings, ...changes };
  }
}

function checkVersion(value: unknown, name: string): number {
  if (value === TLSVersion.MINIMUM_SUPPORTED) return TLSVersion.TLSv1;
  if (value === TLSVersion.MAXIMUM_SUPPORTED) return TLSVersion.TLSv1_3;
  if (typeof value === 'number' && Object.values<number>(TLSVersion).includes(value)) return value;
  throw new ValueError(`Expected ${name} to be one of TLSVersion, got ${describe(value)}`);
}

function checkText(value: unknown, name: string): void {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(
      `Expected ${name} to be a string with something in it, got ${describe(value)}`,
    );
  }
}
