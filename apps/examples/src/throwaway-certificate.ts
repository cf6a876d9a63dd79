/** A certificate for `localhost` that is good for a day, by the `openssl` program: Node cannot make any. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class ThrowawayCertificate implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  readonly certfile = join(this.#folder, 'certificate.pem');
  readonly keyfile = join(this.#folder, 'key.pem');

  constructor() {
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc';
    const names = '-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1';
    const files = ['-keyout', this.keyfile, '-out', this.certfile];
    const words = `req -x509 ${key} ${names} -days 1`.split(' ');
    execFileSync('openssl', [...words, ...files], { stdio: 'pipe' });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
