import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** What Node trusts, options and environment included; before Node 22.15 without those of the system. */
export function defaultCertificates(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  return file === undefined
    ? tls.rootCertificates
    : [...tls.rootCertificates, readFileSync(file, 'utf8')];
}
