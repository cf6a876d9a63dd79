import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files in PEM. */
export interface CertificateFiles {
  readonly certfile: string;
  readonly keyfile: string;
}

/** What differs from a certificate for `localhost`, valid from now on. */
export interface CertificateWishes {
  readonly altNames?: readonly string[];
  readonly commonName?: string;
  /** As in `openssl x509 -days`; negative: it has expired. */
  readonly days?: number;
  readonly keyType?: 'ec' | 'rsa';
  /** `serverAuth`, `clientAuth`. */
  readonly usage?: string;
}

const KEYS = {
  ec: '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc',
  rsa: '-newkey rsa:2048 -noenc',
};

/**
 * An authority, and certificates by it, made when tests start: what lies in a repository expires. The
 * `openssl` program makes them, as Node has no way to, and the tests talk to it in any case.
 */
export class Certificates implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'loop-certificates-'));
  readonly cafile = this.#path('ca.pem');
  readonly #made = new Map<string, CertificateFiles>();

  constructor(name = 'Test Authority') {
    const subject = ['-subj', `/O=Loop/CN=${name}`];
    this.#openssl(`req -x509 ${KEYS.ec} -keyout ca.key -days 3 -out ca.pem`, subject);
  }

  /** One made by the authority; the same for the same name. */
  issue(name: string, wishes: CertificateWishes = {}): CertificateFiles {
    let files = this.#made.get(name);
    if (files === undefined) this.#made.set(name, (files = this.#issue(name, wishes)));
    return files;
  }

  /** For `localhost` and 127.0.0.1. */
  get localhost(): CertificateFiles {
    return this.issue('localhost', { altNames: ['DNS:localhost', 'IP:127.0.0.1'] });
  }

  selfSigned(): CertificateFiles {
    const subject = '-subj /CN=localhost -addext subjectAltName=DNS:localhost';
    const output = '-keyout self-signed.key -days 3 -out self-signed.pem';
    this.#openssl(`req -x509 ${KEYS.ec} ${subject} ${output}`);
    return this.#files('self-signed');
  }

  /** The key of one, encrypted with `password`. */
  encryptedKey({ keyfile }: CertificateFiles, password: string): string {
    const path = `${keyfile}.encrypted`;
    this.#openssl(`pkey -in ${keyfile} -aes256 -passout pass:${password} -out ${path}`);
    return path;
  }

  /** A list that revokes the one certificate that a test wants revoked. */
  revoke({ certfile }: CertificateFiles): string {
    const list = this.#path('revocations.pem');
    if (existsSync(list)) return list;
    const ours = ['[ours]', 'database=index.txt', 'default_md=sha256', 'default_crl_days=2'];
    writeFileSync(this.#path('ca.conf'), ['[ca]', 'default_ca=ours', ...ours, ''].join('\n'));
    writeFileSync(this.#path('index.txt'), '', { flag: 'a' });
    const authority = 'ca -config ca.conf -cert ca.pem -keyfile ca.key';
    this.#openssl(`${authority} -revoke ${certfile}`);
    this.#openssl(`${authority} -gencrl -out ${list}`);
    return list;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #issue(name: string, wishes: CertificateWishes): CertificateFiles {
    const { altNames = [`DNS:${name}`], commonName = name, days = 2, keyType = 'ec' } = wishes;
    const subject = ['-subj', `/O=Loop/CN=${commonName}`];
    this.#openssl(`req -new ${KEYS[keyType]} -keyout ${name}.key -out ${name}.csr`, subject);
    const usage = wishes.usage === undefined ? '' : `extendedKeyUsage=${wishes.usage}\n`;
    writeFileSync(this.#path(`${name}.ext`), `subjectAltName=${altNames.join(',')}\n${usage}`);
    const authority = '-CA ca.pem -CAkey ca.key -CAcreateserial';
    const output = `-extfile ${name}.ext -days ${days} -out ${name}.pem`;
    this.#openssl(`x509 -req -in ${name}.csr ${authority} ${output}`);
    return this.#files(name);
  }

  #files(name: string): CertificateFiles {
    return { certfile: this.#path(`${name}.pem`), keyfile: this.#path(`${name}.key`) };
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #openssl(words: string, more: readonly string[] = []): void {
    execFileSync('openssl', [...words.split(' '), ...more], { cwd: this.folder, stdio: 'pipe' });
  }
}

/** What is in the file. */
export function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}
