import { X509Certificate } from 'node:crypto';

/** A name in a certificate: one list for each part, mostly of one pair. */
export type DistinguishedName = ReadonlyArray<
  ReadonlyArray<readonly [name: string, value: string]>
>;

/** A certificate taken apart. @see CPython `ssl.SSLSocket.getpeercert` */
export interface PeerCertificate {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly version: number;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** `Jan  5 09:34:43 2018 GMT` */
  readonly notBefore: string;
  readonly notAfter: string;
  /** `['DNS', 'localhost']`, `['IP Address', '127.0.0.1']` */
  readonly subjectAltName?: ReadonlyArray<readonly [type: string, value: string]>;
  readonly OCSP?: readonly string[];
  readonly caIssuers?: readonly string[];
}

/** Takes a certificate in DER apart. */
export function peerCertificate(der: Buffer): PeerCertificate {
  const certificate = new X509Certificate(der);
  const { subjectAltName, infoAccess } = certificate;
  const access = accessOf(infoAccess);
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    version: versionOf(der),
    serialNumber: certificate.serialNumber,
    notBefore: certificate.validFrom,
    notAfter: certificate.validTo,
    ...(subjectAltName ? { subjectAltName: alternativesOf(subjectAltName) } : {}),
    ...(access['OCSP'] === undefined ? {} : { OCSP: access['OCSP'] }),
    ...(access['CA Issuers'] === undefined ? {} : { caIssuers: access['CA Issuers'] }),
  };
}

/** RFC 4514's short names, as the reference spells them out. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  CN: 'commonName',
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  DC: 'domainComponent',
  SN: 'surname',
  GN: 'givenName',
  UID: 'userId',
  street: 'streetAddress',
};

/** `C=DE\nCN=localhost` */
function nameOf(text: string | undefined): DistinguishedName {
  if (text === undefined || text === '') return [];
  return text.split('\n').map((line) => {
    const [key, value] = splitAt(line, '=');
    return [[LONG_NAMES[key] ?? key, value.replaceAll(/\\(.)/g, '$1')]];
  });
}

/** `DNS:localhost, IP Address:127.0.0.1`, with quotes, as in JSON, around what would be misread. */
function alternativesOf(text: string): Array<readonly [string, string]> {
  const found = text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...found].map(([, type = '', value = '']) => [
    type,
    value.startsWith('"') ? (JSON.parse(value) as string) : value,
  ]);
}

/** `OCSP - URI:http://…` by what is in front of it. */
function accessOf(text: string | undefined): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const line of (text ?? '').split('\n')) {
    const [, kind, uri] = /^(.+?) - URI:(.*)$/.exec(line) ?? [];
    if (kind !== undefined && uri !== undefined) (found[kind] ??= []).push(uri);
  }
  return found;
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** A certificate is a sequence of a sequence that begins with `[0] INTEGER version`, if that is not 1. */
function versionOf(der: Buffer): number {
  let at = 0;
  for (let depth = 0; depth < 2; depth += 1) {
    const length = der[at + 1] ?? 0;
    at += 2 + (length > 0x80 ? length & 0x7f : 0);
  }
  return der[at] === 0xa0 ? (der[at + 4] ?? 0) + 1 : 1;
}
