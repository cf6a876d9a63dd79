import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { OSError } from '@loop/posix';
import { nameMismatch, SSLCertVerificationError, SSLError } from './ssl-error.ts';

/** OpenSSL's numbers for what Node names: `X509_V_ERR_*` of x509_vfy.h. */
const VERIFY_CODES: Readonly<Record<string, number>> = {
  UNABLE_TO_GET_ISSUER_CERT: 2,
  UNABLE_TO_GET_CRL: 3,
  CERT_SIGNATURE_FAILURE: 7,
  CRL_SIGNATURE_FAILURE: 8,
  CERT_NOT_YET_VALID: 9,
  CERT_HAS_EXPIRED: 10,
  CRL_NOT_YET_VALID: 11,
  CRL_HAS_EXPIRED: 12,
  DEPTH_ZERO_SELF_SIGNED_CERT: 18,
  SELF_SIGNED_CERT_IN_CHAIN: 19,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 20,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 21,
  CERT_CHAIN_TOO_LONG: 22,
  CERT_REVOKED: 23,
  INVALID_CA: 24,
  PATH_LENGTH_EXCEEDED: 25,
  INVALID_PURPOSE: 26,
  CERT_UNTRUSTED: 27,
  CERT_REJECTED: 28,
  HOSTNAME_MISMATCH: 62,
};
/** `X509_V_ERR_UNSPECIFIED` */
const UNSPECIFIED = 1;

/** What Node's TLS says went wrong, in our classes. */
export function tlsProblem(error: unknown): Error {
  if (error instanceof OSError) return error;
  if (!(error instanceof Error)) return new SSLError(String(error), { cause: error });
  const { code = '', reason } = error as { code?: string; reason?: string };
  const verifyCode = VERIFY_CODES[code];
  if (verifyCode !== undefined) {
    return new SSLCertVerificationError(verifyCode, error.message, { cause: error });
  }
  if (code === 'ECONNRESET') return new OSError(code, { message: error.message, cause: error });
  if (code.startsWith('ERR_SSL_')) {
    return new SSLError(reason ?? code.slice('ERR_SSL_'.length), { cause: error });
  }
  return code.startsWith('ERR_TLS_') ? new SSLError(error.message, { cause: error }) : error;
}

/** Who the peer has to be. */
export interface PeerDemands {
  readonly settings: { readonly role: 'client' | 'server'; readonly verifyMode: number };
  readonly verifyName: string | null;
}

/** Why the peer of a finished handshake is not who it has to be; `null`: it is. */
export function peerProblem(
  socket: TLSSocket,
  certificate: X509Certificate | undefined,
  { settings, verifyName }: PeerDemands,
): Error | null {
  if (settings.role === 'server') {
    // Without a certificate where one is required, the handshake has failed already.
    return settings.verifyMode === 0 || certificate === undefined ? null : verdict(socket);
  }
  if (verifyName === null) return null;
  // A resumed session has the certificate only while Node has it in memory; the server that holds its keys
  // is the one that was verified then.
  if (certificate === undefined && socket.isSessionReused()) return null;
  const isAddress = isIP(verifyName) !== 0;
  const fits = isAddress
    ? certificate?.checkIP(verifyName)
    : certificate?.checkHost(verifyName, { partialWildcards: false });
  return fits === undefined ? nameMismatch(verifyName, isAddress) : null;
}

/** Node asks OpenSSL the same for the sockets of a `tls.Server`, and offers no other way to a socket alone. */
function verdict(socket: TLSSocket): Error | null {
  const handle = (socket as unknown as { _handle?: { verifyError?(): Error | null } })._handle;
  if (typeof handle?.verifyError !== 'function') {
    return new SSLCertVerificationError(UNSPECIFIED, 'this version of Node does not tell');
  }
  const error = handle.verifyError();
  return error === null || error === undefined ? null : tlsProblem(error);
}
