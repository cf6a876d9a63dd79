import { OSError, type OSErrorOptions } from '@loop/posix';

export interface SSLErrorOptions extends OSErrorOptions {
  /** The part of OpenSSL that failed. */
  readonly library?: string | undefined;
}

/**
 * TLS failed: the peer, the network or a setting. `code` and `reason` are OpenSSL's name for it, like
 * `WRONG_VERSION_NUMBER`.
 *
 * @see CPython `ssl.SSLError`
 */
export class SSLError extends OSError {
  override readonly name: string = 'SSLError';
  readonly reason: string;
  readonly library: string;

  /** @param reason - OpenSSL's, in words (`wrong version number`) or as a name. */
  constructor(reason: string, options: SSLErrorOptions = {}) {
    const { library = 'SSL' } = options;
    const code = reasonName(reason);
    const words = reason === code ? reason.toLowerCase().replaceAll('_', ' ') : reason;
    super(code, { ...options, message: options.message ?? `[${library}: ${code}] ${words}` });
    this.reason = code;
    this.library = library;
  }
}

/**
 * The peer's certificate is not to be trusted: `verifyCode` is OpenSSL's `X509_V_ERR_*` number and
 * `verifyMessage` what it says.
 *
 * @see CPython `ssl.SSLCertVerificationError`
 */
export class SSLCertVerificationError extends SSLError {
  override readonly name: string = 'SSLCertVerificationError';
  readonly verifyCode: number;
  readonly verifyMessage: string;

  constructor(verifyCode: number, verifyMessage: string, options: SSLErrorOptions = {}) {
    super('CERTIFICATE_VERIFY_FAILED', {
      message: `[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${verifyMessage}`,
      ...options,
    });
    this.verifyCode = verifyCode;
    this.verifyMessage = verifyMessage;
  }
}

/** `X509_V_ERR_HOSTNAME_MISMATCH` and `X509_V_ERR_IP_ADDRESS_MISMATCH`. */
const HOSTNAME_MISMATCH = 62;
const IP_ADDRESS_MISMATCH = 64;

/** The certificate is for others than `expected`, a name or an address. */
export function nameMismatch(expected: string, isAddress: boolean): SSLCertVerificationError {
  return isAddress
    ? new SSLCertVerificationError(
        IP_ADDRESS_MISMATCH,
        `IP address mismatch, certificate is not valid for '${expected}'.`,
      )
    : new SSLCertVerificationError(
        HOSTNAME_MISMATCH,
        `Hostname mismatch, certificate is not valid for '${expected}'.`,
      );
}

/** An `SSLObject` needs more bytes from the peer. @see CPython `ssl.SSLWantReadError` */
export class SSLWantReadError extends SSLError {
  override readonly name = 'SSLWantReadError';

  constructor(message = 'The operation did not complete (read)') {
    super('WANT_READ', { message });
  }
}

/** An `SSLObject` has to send bytes first. @see CPython `ssl.SSLWantWriteError` */
export class SSLWantWriteError extends SSLError {
  override readonly name = 'SSLWantWriteError';

  constructor(message = 'The operation did not complete (write)') {
    super('WANT_WRITE', { message });
  }
}

/** The peer has said goodbye. @see CPython `ssl.SSLZeroReturnError` */
export class SSLZeroReturnError extends SSLError {
  override readonly name = 'SSLZeroReturnError';

  constructor(message = 'TLS/SSL connection has been closed (EOF)') {
    super('ZERO_RETURN', { message });
  }
}

/** The peer is gone without a goodbye. @see CPython `ssl.SSLEOFError` */
export class SSLEOFError extends SSLError {
  override readonly name = 'SSLEOFError';

  constructor(message = 'EOF occurred in violation of protocol') {
    super('UNEXPECTED_EOF', { message });
  }
}

/** `wrong version number` → `WRONG_VERSION_NUMBER` */
function reasonName(reason: string): string {
  return reason
    .trim()
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_');
}
