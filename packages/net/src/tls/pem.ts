import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OSError } from '@loop/posix';
import { describe } from '@loop/posix/internal';
import { SSLError } from './ssl-error.ts';

/** A file by its path or `file:` URL, or what would be in it, as bytes. */
export type PemSource = string | URL | Uint8Array;

/** What decrypts a private key, or a function that says it. */
export type Password = string | Uint8Array | (() => string | Uint8Array);

/**
 * @throws {TypeError} It is none.
 * @throws {OSError} The file cannot be read.
 */
export function readPem(source: unknown, name: string): Buffer {
  if (source instanceof Uint8Array) return Buffer.from(source);
  if (typeof source !== 'string' && !(source instanceof URL)) {
    throw new TypeError(
      `Expected ${name} to be a path, a file: URL or the content as bytes, got ${describe(source)}`,
    );
  }
  if (typeof source === 'string' && source.includes('-----BEGIN ')) {
    throw new TypeError(`Expected ${name} to be a path, got its content: pass that as bytes`);
  }
  try {
    return readFileSync(source);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    throw new OSError(code, { syscall: 'open', address: String(source), cause: error });
  }
}

/** Every certificate in it, PEM one each, checked; DER (bytes that are no PEM) is one. */
export function certificatesIn(content: Buffer): string[] {
  const blocks = blocksIn(content, '(?:TRUSTED |X509 )?CERTIFICATE');
  if (blocks.length === 0 && content.includes('-----BEGIN ')) return [];
  const sources = blocks.length > 0 ? blocks : [content];
  return sources.map((source) => parseCertificate(source).toString());
}

/** Every list of revoked certificates in it. */
export function revocationsIn(content: Buffer): string[] {
  return blocksIn(content, 'X509 CRL');
}

export function parseCertificate(source: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(source);
  } catch (error) {
    throw asSSLError(error, 'PEM lib');
  }
}

/** Our own certificates with their key, checked to fit. */
export interface Identity {
  readonly chain: string;
  readonly key: string;
  /** `rsa`, `ec`: there is one identity for each. */
  readonly keyType: string;
}

/**
 * @param keyfile - `null`: the key is to be with the certificates.
 * @throws {SSLError} There is no certificate or key, the password is wrong, or they do not fit together.
 */
export function identityOf(
  certfile: PemSource,
  keyfile: PemSource | null,
  password: unknown,
): Identity {
  const certificates = readPem(certfile, 'certfile');
  const chain = certificatesIn(certificates);
  const [leaf] = chain;
  if (leaf === undefined) throw lacks(certfile, 'certificate');
  const key = keyfile === null ? certificates : readPem(keyfile, 'keyfile');
  const [block] = blocksIn(key, '(?:[A-Z]+ )?PRIVATE KEY');
  if (block === undefined) {
    throw keyfile === null
      ? lacks(certfile, 'private key', ': keyfile names another one')
      : lacks(keyfile, 'private key');
  }
  const privateKey = decrypted(block, password);
  if (!parseCertificate(leaf).checkPrivateKey(privateKey)) {
    throw new SSLError('key values mismatch', { library: 'X509' });
  }
  return {
    chain: chain.join(''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyType: privateKey.asymmetricKeyType ?? 'rsa',
  };
}

function lacks(source: PemSource, what: string, hint = ''): SSLError {
  const where = source instanceof Uint8Array ? 'the bytes that were given' : String(source);
  const message = `[PEM: NO_START_LINE] no ${what} in ${where}${hint}`;
  return new SSLError('no start line', { library: 'PEM', message });
}

function decrypted(block: string, password: unknown): KeyObject {
  const isEncrypted = block.includes('ENCRYPTED');
  try {
    return createPrivateKey(
      isEncrypted ? { key: block, passphrase: passphraseOf(password) } : block,
    );
  } catch (error) {
    throw asSSLError(error, 'PEM lib');
  }
}

function passphraseOf(password: unknown): string | Buffer {
  const given: unknown = typeof password === 'function' ? password() : password;
  if (typeof given === 'string') return given;
  if (given instanceof Uint8Array) return Buffer.from(given);
  if (given === null || given === undefined) {
    throw new SSLError('BAD_PASSWORD_READ', {
      library: 'PEM',
      message: 'The private key is encrypted: loadCertChain() needs its password',
    });
  }
  throw new TypeError(
    `Expected password to be a string, bytes or a function, got ${describe(password)}`,
  );
}

/** What OpenSSL said, as Node wraps it, in our class. */
export function asSSLError(error: unknown, otherwise: string): Error {
  if (error instanceof SSLError || error instanceof TypeError) return error;
  const { reason, opensslErrorStack, message } = error as {
    reason?: string;
    opensslErrorStack?: string[];
    message?: string;
  };
  const words = reason ?? /:([^:]+)$/.exec(opensslErrorStack?.[0] ?? message ?? '')?.[1];
  return new SSLError(words ?? otherwise, { cause: error });
}

function blocksIn(content: Buffer, label: string): string[] {
  const block = new RegExp(`-----BEGIN (${label})-----[\\s\\S]+?-----END \\1-----\\r?\\n?`, 'g');
  return content.toString('latin1').match(block) ?? [];
}
