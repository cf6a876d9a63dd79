/** Certificates and keys, from PEM or DER to OpenSSL's objects, each handed to a callback and freed. */
import { checkBytes } from '../check-argument.ts';
import { clearErrors, lastErrorIs, takeError } from './openssl-error.ts';
import { BIO_C_SET_BUF_MEM_EOF_RETURN, ERR_LIB_PEM, PEM_R_NO_START_LINE } from './constants.ts';
import { openssl } from './library.ts';

export type PemOrDer = string | Uint8Array;

/** A type of object, as OpenSSL reads and frees it. */
interface Kind {
  readonly name: string;
  readonly pem: (bio: number) => number;
  readonly der?: (bio: number) => number;
  readonly free: (pointer: number) => void;
}

const certificates: Kind = {
  name: 'certificate',
  pem: (bio) => openssl.PEM_read_bio_X509_AUX(bio, 0, 0, ''),
  der: (bio) => openssl.d2i_X509_bio(bio, 0),
  free: (pointer) => openssl.X509_free(pointer),
};
const revocationLists: Kind = {
  name: 'revocation list',
  pem: (bio) => openssl.PEM_read_bio_X509_CRL(bio, 0, 0, ''),
  free: (pointer) => openssl.X509_CRL_free(pointer),
};

/**
 * Each certificate of `data`, which is PEM with any number of them, or the DER of one or more.
 *
 * @param use - Gets the certificate, which is freed afterwards, and answers 0 to refuse it.
 * @returns How many there were.
 * @throws {OpenSslError} One cannot be read, or is refused.
 */
export function eachCertificate(data: PemOrDer, use: Use): number {
  return each(certificates, data, use);
}

/** The same for certificate revocation lists. */
export function eachRevocationList(data: PemOrDer, use: Use): number {
  return each(revocationLists, data, use);
}

type Use = (pointer: number, index: number) => number;

function each(kind: Kind, data: PemOrDer, use: Use): number {
  const { der } = kind;
  return withBio(data, (bio) => {
    const isBinary = der !== undefined && isDer(data);
    let count = 0;
    for (;;) {
      if (isBinary && count > 0 && openssl.BIO_ctrl_pending(bio) === 0) return count;
      const pointer = isBinary ? der(bio) : kind.pem(bio);
      if (pointer === 0) {
        // The end of a PEM file is found out by finding no further one.
        const isEnd = !isBinary && count > 0 && lastErrorIs(ERR_LIB_PEM, PEM_R_NO_START_LINE);
        if (!isEnd) throw takeError(`reading a ${kind.name}`);
        clearErrors();
        return count;
      }
      try {
        if (use(pointer, count) === 0) throw takeError(`using a ${kind.name}`);
      } finally {
        kind.free(pointer);
      }
      count += 1;
    }
  });
}

/** @throws {OpenSslError} It cannot be read, or `use` refuses it by answering 0. */
export function withPrivateKey(
  data: PemOrDer,
  password: string | null,
  use: (key: number) => number,
): void {
  withBio(data, (bio) => {
    // Without a password OpenSSL would ask for one on the terminal; the empty one is just wrong.
    const key = openssl.PEM_read_bio_PrivateKey(bio, 0, 0, password ?? '');
    if (key === 0) throw takeError('reading a private key');
    try {
      if (use(key) === 0) throw takeError('using a private key');
    } finally {
      openssl.EVP_PKEY_free(key);
    }
  });
}

function withBio<T>(data: PemOrDer, use: (bio: number) => T): T {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  checkBytes(bytes, 'PEM');
  const bio = openssl.BIO_new(openssl.BIO_s_mem());
  if (bio === 0) throw takeError('BIO_new');
  try {
    // Empty is the end, not a reason to wait.
    openssl.BIO_ctrl(bio, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, 0);
    if (openssl.BIO_write(bio, bytes, bytes.length) < bytes.length) throw takeError('BIO_write');
    return use(bio);
  } finally {
    openssl.BIO_free(bio);
  }
}

function isDer(data: PemOrDer): boolean {
  return typeof data !== 'string' && data[0] === 0x30;
}
