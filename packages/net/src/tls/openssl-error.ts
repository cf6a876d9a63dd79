import { OpenSslError } from '@loop/posix/internal';
import {
  SSLCertVerificationError,
  SSLEOFError,
  SSLError,
  SSLZeroReturnError,
} from './ssl-error.ts';

const ERROR_SYSCALL = 5;
const ERROR_ZERO_RETURN = 6;

/** A failure of OpenSSL as the reference reports it; whatever else was thrown stays what it is. */
export function sslErrorOf(error: unknown): unknown {
  if (!(error instanceof OpenSslError)) return error;
  const { reason, library, text, sslError, verifyCode, verifyMessage } = error;
  if (reason === 'CERTIFICATE_VERIFY_FAILED') {
    return new SSLCertVerificationError(verifyCode, verifyMessage, { cause: error });
  }
  if (sslError === ERROR_ZERO_RETURN) return new SSLZeroReturnError();
  if (sslError === ERROR_SYSCALL && reason === '') return new SSLEOFError();
  if (reason === 'UNEXPECTED_EOF_WHILE_READING') return new SSLEOFError();
  return new SSLError(reason === '' ? 'unknown error' : reason, {
    library: library === '' ? 'SSL' : library,
    message: messageOf(library, reason, text),
    cause: error,
  });
}

/** Calls OpenSSL, and throws what {@link sslErrorOf} makes of a failure. */
export function withSslErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw sslErrorOf(error);
  }
}

/** `[SSL: WRONG_VERSION_NUMBER] wrong version number` */
function messageOf(library: string, reason: string, text: string): string {
  if (library === '') return text;
  return reason === '' ? `[${library}] ${text}` : `[${library}: ${reason}] ${text}`;
}
