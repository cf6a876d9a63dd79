import {
  CERT_NONE,
  CERT_REQUIRED,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  type TlsProtocol,
  TLSVersion,
} from './constants.ts';
import type { Identity } from './pem.ts';
import type { TlsSettings } from './tls-engine.ts';

/** The settings of a context, which a change copies: a handshake sees the ones it began with. */
export type ContextSettings = Omit<TlsSettings, 'identities'> & {
  readonly identities: readonly Identity[];
};

const COMMON = {
  minimumVersion: TLSVersion.TLSv1_2,
  maximumVersion: TLSVersion.TLSv1_3,
  identities: [],
  authorities: [],
  defaultAuthorities: false,
  revoked: [],
  ciphers: null,
  ciphersuites: null,
  groups: null,
  alpn: [],
  ticketCount: 2,
  keylog: null,
} as const;

/** Of a new context. */
export const INITIAL: Readonly<Record<TlsProtocol, ContextSettings>> = {
  [PROTOCOL_TLS_CLIENT]: { ...COMMON, role: 'client', verifyMode: CERT_REQUIRED },
  [PROTOCOL_TLS_SERVER]: { ...COMMON, role: 'server', verifyMode: CERT_NONE },
};

/** One object for all contexts that trust what Node trusts: it takes long to load, and is asked for often. */
export const DEFAULT_CLIENT: ContextSettings = {
  ...INITIAL[PROTOCOL_TLS_CLIENT],
  defaultAuthorities: true,
};
