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

/** Tells the server which name is meant, and has its certificate checked for it; an address is not told. */
export function setPeerName(ssl: number, name: string, check: boolean): void {
  const isAddress = isIP(name) !== 0;
  if (!isAddress && openssl.SSL_ctrlText(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, name) === 0) {
    throw takeError('setting the server name');
  }
  if (!check) return;
  const param = openssl.SSL_get0_param(ssl);
  openssl.X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const set = isAddress
    ? openssl.X509_VERIFY_PARAM_set1_ip_asc(param, name)
    : openssl.SSL_set1_host(ssl, name);
  if (set === 0) throw takeError('setting the name to check');
}

/** What the last verification found wrong, in the reference's words. */
export function verificationOptions(ssl: number, peerName: string | null): OpenSslErrorOptions {
  const verifyCode = openssl.SSL_get_verify_result(ssl);
  if (verifyCode === X509_V_OK) return {};
  return { verifyCode, verifyMessage: verifyMessage(verifyCode, peerName) };
}

function verifyMessage(code: number, peerName: string | null): string {
  switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return `Hostname mismatch, certificate is not valid for '${peerName}'.`;
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return `IP address mismatch, certificate is not valid for '${peerName}'.`;
    default:
      return openssl.X509_verify_cert_error_string(code);
  }
}
