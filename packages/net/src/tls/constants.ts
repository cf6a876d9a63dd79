/** No certificate is asked for, or an unknown one accepted. @see CPython `ssl.CERT_NONE` */
export const CERT_NONE = 0;
/** A server asks for a certificate, and verifies it if there is one; for a client the same as {@link CERT_REQUIRED}. */
export const CERT_OPTIONAL = 1;
/** The peer has to have a certificate that can be trusted. */
export const CERT_REQUIRED = 2;

export type VerifyMode = typeof CERT_NONE | typeof CERT_OPTIONAL | typeof CERT_REQUIRED;

/** A context for clients: verifies the server's certificate and name. @see CPython `ssl.PROTOCOL_TLS_CLIENT` */
export const PROTOCOL_TLS_CLIENT = 16;
/** A context for servers. */
export const PROTOCOL_TLS_SERVER = 17;

export type TlsProtocol = typeof PROTOCOL_TLS_CLIENT | typeof PROTOCOL_TLS_SERVER;

/** Versions of TLS by their numbers on the wire. @see CPython `ssl.TLSVersion` */
export const TLSVersion = {
  MINIMUM_SUPPORTED: -2,
  TLSv1: 0x0301,
  TLSv1_1: 0x0302,
  TLSv1_2: 0x0303,
  TLSv1_3: 0x0304,
  MAXIMUM_SUPPORTED: -1,
} as const;

export type TLSVersion = (typeof TLSVersion)[keyof typeof TLSVersion];
