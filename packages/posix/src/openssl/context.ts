import { checkInteger } from '../check-argument.ts';
import { describe } from '../describe.ts';
import {
  SSL_CTRL_CHAIN,
  SSL_CTRL_CHAIN_CERT,
  SSL_CTRL_MODE,
  SSL_CTRL_SET_GROUPS_LIST,
  SSL_CTRL_SET_MAX_PROTO_VERSION,
  SSL_CTRL_SET_MIN_PROTO_VERSION,
  SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER,
  SSL_MODE_AUTO_RETRY,
  SSL_MODE_RELEASE_BUFFERS,
  SSL_OP_CIPHER_SERVER_PREFERENCE,
  SSL_OP_NO_COMPRESSION,
  SSL_OP_NO_RENEGOTIATION,
  SSL_OP_NO_TICKET,
  SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
  SSL_VERIFY_NONE,
  SSL_VERIFY_PEER,
  TLS1_2_VERSION,
  X509_V_FLAG_CRL_CHECK,
} from './constants.ts';
import { callbackAddress } from './callbacks.ts';
import { CertificateBundle } from './certificate-bundle.ts';
import { checkText } from './check-text.ts';
import { openssl, requireOpenSsl } from './library.ts';
import { NativeObject } from './native-object.ts';
import { takeError } from './openssl-error.ts';
import { eachCertificate, eachRevocationList, type PemOrDer, withPrivateKey } from './pem.ts';

/** A certificate with those that lead from it to an authority, and its key. */
interface CertificateChain {
  /** PEM, the certificate of this side first. */
  readonly certificates: PemOrDer;
  /** PEM. */
  readonly key: PemOrDer;
  readonly password?: string | null;
}

/** What a context is made of; whatever is not given has OpenSSL's default, except for the minimum version. */
export interface OpenSslContextOptions {
  readonly role?: 'client' | 'server' | 'both' | undefined;
  /** One for each type of key. */
  readonly chains?: readonly CertificateChain[] | undefined;
  readonly authorities?: readonly CertificateBundle[] | undefined;
  readonly authorityFile?: string | null | undefined;
  /** A folder of certificates, named by their hashes. */
  readonly authorityFolder?: string | null | undefined;
  /** Whether the peer must have a certificate, may have one, or is not asked (of a server: not checked). */
  readonly verify?: 'none' | 'optional' | 'required' | undefined;
  /** X509_V_FLAG_*. */
  readonly verifyFlags?: number | undefined;
  /** PEM. The peer's certificate is looked up in these where there are any. */
  readonly revocationLists?: readonly PemOrDer[] | undefined;
  /** 0x0303 is TLS 1.2, the default; 0x0304 is TLS 1.3. */
  readonly minimumVersion?: number | null | undefined;
  readonly maximumVersion?: number | null | undefined;
  /** For TLS 1.2 and before. */
  readonly ciphers?: string | null | undefined;
  /** For TLS 1.3. */
  readonly ciphersuites?: string | null | undefined;
  readonly groups?: string | null | undefined;
  /** More SSL_OP_* than this class sets. */
  readonly options?: bigint | undefined;
  /** Preferred first. A server chooses among the client's by its own order. */
  readonly alpnProtocols?: readonly string[] | undefined;
  /** How many tickets to resume by a server sends after a handshake of TLS 1.3; 0: none, nor in TLS 1.2. */
  readonly tickets?: number | null | undefined;
  /** Gets a line of the NSS key log format for each secret. */
  readonly onKey?: (((line: string) => void) | null) | undefined;
}

const baseOptions =
  SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION;
const modes = SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS;
const verifyModes = {
  none: SSL_VERIFY_NONE,
  optional: SSL_VERIFY_PEER,
  required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
};
const TEXTS = ['authorityFile', 'authorityFolder', 'ciphers', 'ciphersuites', 'groups'] as const;
/** With their greatest values. */
const NUMBERS = {
  minimumVersion: 0xffff,
  maximumVersion: 0xffff,
  verifyFlags: 0x7fffffff,
  tickets: 1000,
} as const;
/** Servers that ask for certificates cannot resume sessions without one. */
const sessionIdContext = Buffer.from('loop');

/**
 * The settings of connections, shared by any number of them. Immutable; freed when neither it nor a
 * connection is referenced any more.
 *
 * @see SSL_CTX_new(3)
 */
export class OpenSslContext {
  readonly #native: NativeObject;
  #asksServerNames = false;
  /** @internal */
  readonly _alpn: Buffer | null;
  /** @internal */
  readonly _onKey: ((line: string) => void) | null;

  /**
   * @throws {OpenSslError} A certificate, key or list cannot be used.
   * @throws {NotImplementedError} This process has no OpenSSL to call.
   */
  constructor(options: OpenSslContextOptions = {}) {
    requireOpenSsl();
    checkOptions(options);
    const context = openssl.SSL_CTX_new(methodOf(options.role ?? 'both'));
    if (context === 0) throw takeError('SSL_CTX_new');
    this.#native = new NativeObject(this, context, 'SSL_CTX_free');
    this._alpn = encodeAlpn(options.alpnProtocols ?? []);
    this._onKey = options.onKey ?? null;
    try {
      configure(context, options);
      this.#setCallbacks(context);
    } catch (error) {
      this.#native.free();
      throw error;
    }
  }

  /** @internal */
  get _address(): number {
    return this.#native.address;
  }

  /**
   * Has its connections asked for server names; not before one has a callback, as each handshake pays for it.
   * @internal
   */
  _askServerNames(): void {
    if (this.#asksServerNames) return;
    this.#asksServerNames = true;
    const callback = callbackAddress('serverName');
    openssl.SSL_CTX_callback_ctrl(this._address, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, callback);
  }

  /** The names of the ciphers that connections of this context may use. */
  get ciphers(): string[] {
    const ssl = openssl.SSL_new(this.#native.address);
    if (ssl === 0) throw takeError('SSL_new');
    const stack = openssl.SSL_get1_supported_ciphers(ssl);
    const names = Array.from({ length: Math.max(0, openssl.OPENSSL_sk_num(stack)) }, (_, index) =>
      openssl.SSL_CIPHER_get_name(openssl.OPENSSL_sk_value(stack, index)),
    );
    openssl.OPENSSL_sk_free(stack);
    openssl.SSL_free(ssl);
    return names;
  }

  #setCallbacks(context: number): void {
    const alpn = this._alpn;
    if (alpn !== null) {
      // The opposite of all others: 0 is success.
      if (openssl.SSL_CTX_set_alpn_protos(context, alpn, alpn.length) !== 0) {
        throw takeError('SSL_CTX_set_alpn_protos');
      }
      openssl.SSL_CTX_set_alpn_select_cb(context, callbackAddress('alpn'), 0);
    }
    if (this._onKey !== null) openssl.SSL_CTX_set_keylog_callback(context, callbackAddress('key'));
  }
}

function checkOptions(options: OpenSslContextOptions): void {
  const { role = 'both', verify = 'none' } = options;
  if (!['client', 'server', 'both'].includes(role)) {
    throw new TypeError(`Expected role to be client, server or both, got ${describe(role)}`);
  }
  if (!Object.hasOwn(verifyModes, verify)) {
    throw new TypeError(
      `Expected verify to be none, optional or required, got ${describe(verify)}`,
    );
  }
  for (const name of TEXTS) checkText(options[name], name);
  for (const { password } of options.chains ?? []) checkText(password, 'password');
  for (const [name, most] of Object.entries(NUMBERS)) {
    const value = options[name as keyof typeof NUMBERS] ?? null;
    if (value !== null) checkInteger(value, name, 0, most);
  }
  for (const bundle of options.authorities ?? []) {
    if (!(bundle instanceof CertificateBundle)) {
      throw new TypeError(`Expected authorities to be CertificateBundles, got ${describe(bundle)}`);
    }
  }
}

function methodOf(role: 'client' | 'server' | 'both'): number {
  if (role === 'client') return openssl.TLS_client_method();
  return role === 'server' ? openssl.TLS_server_method() : openssl.TLS_method();
}

function configure(context: number, options: OpenSslContextOptions): void {
  openssl.SSL_CTX_ctrl(context, SSL_CTRL_MODE, modes, 0);
  openssl.SSL_CTX_set_options(context, baseOptions | (options.options ?? 0n));
  setVersions(context, options);
  setCiphers(context, options);
  for (const chain of options.chains ?? []) useChain(context, chain);
  setVerification(context, options);
  const { length } = sessionIdContext;
  openssl.SSL_CTX_set_session_id_context(context, sessionIdContext, length);
  if (typeof options.tickets === 'number') {
    openssl.SSL_CTX_set_num_tickets(context, options.tickets);
    if (options.tickets === 0) openssl.SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  }
}

function setVersions(context: number, options: OpenSslContextOptions): void {
  const { minimumVersion, maximumVersion } = options;
  const least = minimumVersion ?? TLS1_2_VERSION;
  if (openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, least, 0) === 0) {
    throw takeError(`setting the minimum version 0x${least.toString(16)}`);
  }
  if (typeof maximumVersion !== 'number') return;
  if (openssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, maximumVersion, 0) === 0) {
    throw takeError(`setting the maximum version 0x${maximumVersion.toString(16)}`);
  }
}

function setCiphers(context: number, options: OpenSslContextOptions): void {
  const { ciphers, ciphersuites, groups } = options;
  if (typeof ciphers === 'string' && openssl.SSL_CTX_set_cipher_list(context, ciphers) === 0) {
    throw takeError('SSL_CTX_set_cipher_list');
  }
  if (
    typeof ciphersuites === 'string' &&
    openssl.SSL_CTX_set_ciphersuites(context, ciphersuites) === 0
  ) {
    throw takeError('SSL_CTX_set_ciphersuites');
  }
  if (
    typeof groups === 'string' &&
    openssl.SSL_CTX_ctrlText(context, SSL_CTRL_SET_GROUPS_LIST, 0, groups) === 0
  ) {
    throw takeError('SSL_CTX_set1_groups_list');
  }
}

function useChain(context: number, { certificates, key, password }: CertificateChain): void {
  eachCertificate(certificates, (certificate, index) => {
    if (index === 0) {
      const used = openssl.SSL_CTX_use_certificate(context, certificate);
      // The chain belongs to the certificate that was set last.
      openssl.SSL_CTX_ctrl(context, SSL_CTRL_CHAIN, 0, 0);
      return used;
    }
    // 1: with a reference of its own.
    return openssl.SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, certificate);
  });
  withPrivateKey(key, password ?? null, (pointer) =>
    openssl.SSL_CTX_use_PrivateKey(context, pointer),
  );
  if (openssl.SSL_CTX_check_private_key(context) === 0) throw takeError('checking a private key');
}

function setVerification(context: number, options: OpenSslContextOptions): void {
  const { authorities = [], authorityFile = null, authorityFolder = null } = options;
  const store = openssl.SSL_CTX_get_cert_store(context);
  for (const bundle of authorities) bundle._addTo(store);
  if (
    (authorityFile !== null || authorityFolder !== null) &&
    openssl.SSL_CTX_load_verify_locations(context, authorityFile, authorityFolder) === 0
  ) {
    throw takeError(`loading ${authorityFile ?? authorityFolder}`);
  }
  openssl.SSL_CTX_set_verify(context, verifyModes[options.verify ?? 'none'], 0);
  let flags = options.verifyFlags ?? 0;
  for (const list of options.revocationLists ?? []) {
    eachRevocationList(list, (pointer) => openssl.X509_STORE_add_crl(store, pointer));
    flags |= X509_V_FLAG_CRL_CHECK;
  }
  if (flags !== 0) {
    openssl.X509_VERIFY_PARAM_set_flags(openssl.SSL_CTX_get0_param(context), flags);
  }
}

/** Each name after its length, as it goes over the wire. */
function encodeAlpn(protocols: readonly string[]): Buffer | null {
  if (protocols.length === 0) return null;
  return Buffer.concat(
    protocols.flatMap((protocol) => {
      const name = Buffer.from(protocol);
      if (name.length === 0 || name.length > 255) {
        throw new RangeError(
          `Expected names of ALPN protocols of 1 to 255 bytes, got ${JSON.stringify(protocol)}`,
        );
      }
      return [Buffer.of(name.length), name];
    }),
  );
}
