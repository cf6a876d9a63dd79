import { isIP } from 'node:net';
import {
  SSL_CTRL_SET_TLSEXT_HOSTNAME,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
  X509_V_ERR_HOSTNAME_MISMATCH,
  X509_V_ERR_IP_ADDRESS_MISMATCH,
  X509_V_OK,
} from './constants.ts';
import { openssl } from './library.ts';
import { type OpenSslErrorOptions, takeError } from './openssl-error.ts';

/** Tells the server which name is meant (SNI). */
export function setServerName(ssl: number, name: string): void {
  if (openssl.SSL_ctrlText(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, name) === 0) {
    throw takeError('setting the server name');
  }
}

/** Has the peer's certificate checked for a name, or an address. */
export function setVerifyName(ssl: number, name: string): void {
  const param = openssl.SSL_get0_param(ssl);
  openssl.X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const set =
    isIP(name) === 0
      ? openssl.SSL_set1_host(ssl, name)
      : openssl.X509_VERIFY_PARAM_set1_ip_asc(param, name);
  if (set === 0) throw takeError('setting the name to verify');
}

/** What the last verification found wrong, in the reference's words. */
export function verificationOptions(ssl: number, verifyName: string | null): OpenSslErrorOptions {
  const verifyCode = openssl.SSL_get_verify_result(ssl);
  if (verifyCode === X509_V_OK) return {};
  return { verifyCode, verifyMessage: verifyMessage(verifyCode, verifyName) };
}

function verifyMessage(code: number, verifyName: string | null): string {
  switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return `Hostname mismatch, certificate is not valid for '${verifyName}'.`;
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return `IP address mismatch, certificate is not valid for '${verifyName}'.`;
    default:
      return openssl.X509_verify_cert_error_string(code);
  }
}
