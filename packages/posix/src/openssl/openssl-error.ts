/**
 * OpenSSL keeps what went wrong in a queue of the thread, which Node's own TLS reads too: an error left
 * there makes the next innocent socket of Node's fail. So whoever sees a call fail takes the errors out
 * at once, by {@link takeError}, which leaves the queue empty.
 */
import { ERR_LIB_SSL, SSL_ERROR_SSL, SSL_R_RECORD_LAYER_FAILURE } from './constants.ts';
import { openssl } from './library.ts';

/** The libraries inside OpenSSL, as the reference names them. err.h */
const libraries: Readonly<Record<number, string>> = {
  2: 'SYS',
  3: 'BN',
  4: 'RSA',
  5: 'DH',
  6: 'EVP',
  9: 'PEM',
  10: 'DSA',
  11: 'X509',
  13: 'ASN1',
  14: 'CONF',
  15: 'CRYPTO',
  16: 'EC',
  20: 'SSL',
  32: 'BIO',
  34: 'X509V3',
  35: 'PKCS12',
  36: 'RAND',
  44: 'OCSP',
  57: 'PROV',
  60: 'OSSL_DECODER',
  61: 'OSSL_DECODER',
};

export interface OpenSslErrorOptions {
  /** Of `SSL_get_error()`. */
  readonly sslError?: number | undefined;
  readonly verifyCode?: number | undefined;
  readonly verifyMessage?: string | undefined;
  readonly cause?: unknown;
}

/** A call of OpenSSL failed. */
export class OpenSslError extends Error {
  override readonly name = 'OpenSslError';
  /** Where in OpenSSL, as in `SSL`; empty where it said nothing. */
  readonly library: string;
  /** `CERTIFICATE_VERIFY_FAILED`; empty where it said nothing. */
  readonly reason: string;
  /** The reason in words. */
  readonly text: string;
  /** What `SSL_get_error()` said of a call on a connection. */
  readonly sslError: number;
  /** X509_V_ERR_*, where a certificate was refused. */
  readonly verifyCode: number;
  readonly verifyMessage: string;

  constructor(library: string, reason: string, text: string, options: OpenSslErrorOptions = {}) {
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.library = library;
    this.reason = reason;
    this.text = text;
    this.sslError = options.sslError ?? SSL_ERROR_SSL;
    this.verifyCode = options.verifyCode ?? 0;
    this.verifyMessage = options.verifyMessage ?? '';
  }
}

/** The last error of this thread, as the reference reports it; the queue is empty afterwards. */
export function takeError(action: string, options: OpenSslErrorOptions = {}): OpenSslError {
  let code = openssl.ERR_peek_last_error();
  // Since 3.2 this only says that a record was bad; the first error says why.
  if (lastErrorIs(ERR_LIB_SSL, SSL_R_RECORD_LAYER_FAILURE)) code = openssl.ERR_peek_error() >>> 0;
  openssl.ERR_clear_error();
  if (code === 0) return new OpenSslError('', '', `${action} failed`, options);
  const text = openssl.ERR_reason_error_string(code) ?? `reason ${reasonNumber(code)}`;
  return new OpenSslError(libraryName(code), mnemonic(text), text, options);
}

/** Whether the last error has this library and reason; the queue stays as it is. */
export function lastErrorIs(library: number, reason: number): boolean {
  const code = openssl.ERR_peek_last_error();
  return libraryNumber(code) === library && reasonNumber(code) === reason;
}

export function clearErrors(): void {
  openssl.ERR_clear_error();
}

// ERR_GET_LIB and ERR_GET_REASON of err.h.
function libraryNumber(code: number): number {
  return Math.floor(code / 2 ** 23) & 0xff;
}

function reasonNumber(code: number): number {
  return code % 2 ** 23;
}

function libraryName(code: number): string {
  const number = libraryNumber(code);
  return libraries[number] ?? openssl.ERR_lib_error_string(code) ?? `LIB${number}`;
}

/** The name of the constant, which OpenSSL's texts spell in lower case. */
function mnemonic(text: string): string {
  return (
    text
      .toUpperCase()
      // Since 3.2 alerts are no longer called SSLv3's; the constants still are.
      .replace(/^SSL\/TLS ALERT/, 'SSLV3 ALERT')
      .replaceAll(/[^A-Z0-9]+/g, '_')
  );
}
