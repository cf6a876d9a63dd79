import { openssl, requireOpenSsl } from './library.ts';
import { NativeObject } from './native-object.ts';
import { takeError } from './openssl-error.ts';
import { eachCertificate, type PemOrDer } from './pem.ts';

/**
 * Certificates of authorities, parsed once for any number of contexts: the usual bundle of 140 takes
 * 15 ms to parse, and nothing to share.
 */
export class CertificateBundle {
  readonly #certificates: readonly NativeObject[];

  /** @throws {OpenSslError} One cannot be read. */
  constructor(sources: Iterable<PemOrDer>) {
    requireOpenSsl();
    const certificates: NativeObject[] = [];
    for (const source of sources) {
      eachCertificate(source, (certificate) => {
        openssl.X509_up_ref(certificate);
        certificates.push(new NativeObject(this, certificate, 'X509_free'));
        return 1;
      });
    }
    this.#certificates = certificates;
  }

  get size(): number {
    return this.#certificates.length;
  }

  /** @internal */
  _addTo(store: number): void {
    for (const certificate of this.#certificates) {
      if (openssl.X509_STORE_add_cert(store, certificate.address) === 0) {
        throw takeError('X509_STORE_add_cert');
      }
    }
  }
}
