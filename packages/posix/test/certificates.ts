import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  /** PEM */
  readonly certificate: string;
  /** PEM */
  readonly key: string;
}

/** Certificates made for one run of tests, by the `openssl` of the system. */
export class TestAuthority implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'loop-certificates-'));
  readonly certificate: string;

  constructor(name = 'Test Authority') {
    this.#openssl(['req', '-x509', ...newKey('ca'), '-subj', `/CN=${name}`, '-out', 'ca.pem']);
    this.certificate = this.#read('ca.pem');
  }

  /** @param altNames - As `DNS:localhost` and `IP:127.0.0.1`. */
  issue(name: string, altNames: readonly string[] = [`DNS:${name}`]): Identity {
    const request = ['req', '-new', ...newKey(name), '-subj', `/CN=${name}`, '-out', `${name}.csr`];
    this.#openssl(request);
    writeFileSync(join(this.folder, 'extensions'), `subjectAltName=${altNames.join(',')}\n`);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    const output = ['-extfile', 'extensions', '-days', '2', '-out', `${name}.pem`];
    this.#openssl(['x509', '-req', '-in', `${name}.csr`, ...authority, ...output]);
    return { certificate: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  /** The key of `name`, encrypted. */
  encryptedKey(name: string, password: string): string {
    const files = ['-in', `${name}.key`, '-out', `${name}.encrypted.key`];
    this.#openssl(['pkey', ...files, '-aes256', '-passout', `pass:${password}`]);
    return this.#read(`${name}.encrypted.key`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

function newKey(name: string): string[] {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  return [...curve, '-noenc', '-keyout', `${name}.key`];
}
