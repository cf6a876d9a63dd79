import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A certificate of its own for `localhost`, with its key, as PEM; `path` is one that nobody has. */
export function makeCertificate(path: string): { readonly cert: string; readonly key: string } {
  const key = `${path}.key`;
  const cert = `${path}.pem`;
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const output = ['-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...output], { stdio: 'pipe' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
