import * as tls from 'node:tls';
import { CertificateBundle, OpenSslContext } from '@loop/posix/internal';
import { defaultCertificates } from './default-certificates.ts';
import { OpenSslChannel } from './openssl-channel.ts';
import { withSslErrors } from './openssl-error.ts';
import type { TlsEngine, TlsSettings } from './tls-engine.ts';

const verifyModes = ['none', 'optional', 'required'] as const;

/** TLS by the OpenSSL inside Node: for any channel, where `isOpenSslSupported()`. */
export const openSslEngine: TlsEngine<OpenSslContext> = {
  name: 'openssl',

  createContext(settings) {
    return withSslErrors(() => {
      const { defaultAuthorities, authorities, keylog } = settings;
      const own = authorities.length === 0 ? [] : [new CertificateBundle(authorities)];
      return new OpenSslContext({
        role: settings.role,
        chains: settings.identities.map(({ chain, key }) => ({ certificates: chain, key })),
        authorities: defaultAuthorities ? [defaultBundle(), ...own] : own,
        revocationLists: settings.revoked,
        verify: verifyModes[settings.verifyMode],
        minimumVersion: settings.minimumVersion,
        maximumVersion: settings.maximumVersion,
        ...ciphersOf(settings),
        groups: settings.groups,
        alpnProtocols: settings.alpn,
        tickets: settings.ticketCount,
        onKey: keylog === null ? null : (line) => keylog(Buffer.from(`${line}\n`)),
      });
    });
  },

  openChannel(context, options) {
    return withSslErrors(() => new OpenSslChannel(context, options));
  },
};

/** Node keeps both kinds in one list. */
function ciphersOf({ ciphers, ciphersuites }: TlsSettings): {
  ciphers: string;
  ciphersuites: string | null;
} {
  const names = tls.DEFAULT_CIPHERS.split(':');
  return {
    ciphers: ciphers ?? names.filter((name) => !name.startsWith('TLS_')).join(':'),
    ciphersuites,
  };
}

let bundle: CertificateBundle | null = null;

/** Parsed once for the thread. */
function defaultBundle(): CertificateBundle {
  bundle ??= new CertificateBundle(defaultCertificates());
  return bundle;
}
