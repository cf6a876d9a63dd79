import * as tls from 'node:tls';
import { defaultCertificates } from './default-certificates.ts';
import { NodeTlsChannel } from './node-tls-channel.ts';
import { asSSLError } from './pem.ts';
import type { TlsChannel, TlsChannelOptions, TlsEngine, TlsSettings } from './tls-engine.ts';

/** TLS by Node's own module: it works wherever Node does. */
export class NodeTlsEngine implements TlsEngine<tls.SecureContext> {
  readonly name = 'node';

  createContext(settings: TlsSettings): tls.SecureContext {
    const { identities, groups, revoked } = settings;
    try {
      return tls.createSecureContext({
        cert: identities.map(({ chain }) => chain),
        key: identities.map(({ key }) => key),
        ca: authoritiesOf(settings),
        ...(revoked.length === 0 ? {} : { crl: [...revoked] }),
        ciphers: ciphersOf(settings),
        minVersion: VERSIONS[settings.minimumVersion]!,
        maxVersion: VERSIONS[settings.maximumVersion]!,
        honorCipherOrder: settings.role === 'server',
        // Or OpenSSL resumes no session of a server that asks for certificates.
        sessionIdContext: 'loop',
        ...(groups === null ? {} : { ecdhCurve: groups }),
        ...(settings.ticketCount === 0 ? { secureOptions: NO_TICKET } : {}),
      });
    } catch (error) {
      throw asSSLError(error, 'invalid settings');
    }
  }

  openChannel(
    context: tls.SecureContext,
    options: TlsChannelOptions<tls.SecureContext>,
  ): TlsChannel {
    return new NodeTlsChannel(context, options);
  }
}

export const nodeTlsEngine: NodeTlsEngine = new NodeTlsEngine();

/** `SSL_OP_NO_TICKET` */
const NO_TICKET = 1 << 14;

const VERSIONS: Readonly<Record<number, tls.SecureVersion>> = {
  0x0301: 'TLSv1',
  0x0302: 'TLSv1.1',
  0x0303: 'TLSv1.2',
  0x0304: 'TLSv1.3',
};

/** `undefined`: those of Node, which it loads faster by itself; an empty list trusts nobody. */
function authoritiesOf(settings: TlsSettings): string[] | undefined {
  const { authorities, defaultAuthorities, verifyMode } = settings;
  if (!defaultAuthorities || verifyMode === 0) return [...authorities];
  if (authorities.length === 0) return undefined;
  return [...defaultCertificates(), ...authorities];
}

/** Node keeps both kinds in one list. */
function ciphersOf({ ciphers, ciphersuites }: TlsSettings): string {
  const defaults = tls.DEFAULT_CIPHERS.split(':');
  const isSuite = (name: string): boolean => name.startsWith('TLS_');
  return [
    ciphersuites ?? defaults.filter(isSuite).join(':'),
    ciphers ?? defaults.filter((name) => !isSuite(name)).join(':'),
  ].join(':');
}
