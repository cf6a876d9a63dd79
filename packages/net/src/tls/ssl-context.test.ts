import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  createDefaultContext,
  OSError,
  PROTOCOL_TLS_CLIENT,
  PROTOCOL_TLS_SERVER,
  SSLContext,
  SSLError,
  TLSVersion,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../test/certificates.ts';
import { certificates } from '../../test/tls-loops.ts';

const authority = certificates();

/** What `call` throws. */
function thrown(call: () => unknown): Error & { code?: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected an error');
}

describe('a context', () => {
  it('is secure by default: verifies chain and name, and takes TLS 1.2 at least', () => {
    const context = createDefaultContext();
    expect(context.protocol).toBe(PROTOCOL_TLS_CLIENT);
    expect(context.checkHostname).toBe(true);
    expect(context.verifyMode).toBe(CERT_REQUIRED);
    expect(context.minimumVersion).toBe(TLSVersion.TLSv1_2);
    expect(context.maximumVersion).toBe(TLSVersion.TLSv1_3);
    expect(context._settings.defaultAuthorities).toBe(true);
    const ours = createDefaultContext({ cafile: authority.cafile });
    expect(ours._settings.defaultAuthorities).toBe(false);
    expect(ours.getCaCerts()).toMatchObject([
      { subject: [[['organizationName', 'Loop']], [['commonName', 'Test Authority']]] },
    ]);
  });

  it('for servers asks for no certificate until it is told to', () => {
    const context = createDefaultContext({ purpose: 'CLIENT_AUTH', ...authority.localhost });
    expect(context.protocol).toBe(PROTOCOL_TLS_SERVER);
    expect(context.checkHostname).toBe(false);
    expect(context.verifyMode).toBe(CERT_NONE);
    expect(context.numTickets).toBe(2);
  });

  it('does not check names without verifying, nor the other way round', () => {
    const context = new SSLContext();
    expect(thrown(() => (context.verifyMode = CERT_NONE)).message).toBe(
      'Cannot set verify_mode to CERT_NONE when check_hostname is enabled.',
    );
    context.checkHostname = false;
    context.verifyMode = CERT_NONE;
    context.checkHostname = true;
    expect(context.verifyMode).toBe(CERT_REQUIRED);
    context.verifyMode = CERT_OPTIONAL;
    expect(context.verifyMode).toBe(CERT_OPTIONAL);
  });

  it.each<[(context: SSLContext) => unknown, string]>([
    [(context) => (context.verifyMode = 3 as never), 'Expected verifyMode to be CERT_NONE'],
    [
      (context) => (context.checkHostname = 1 as never),
      'Expected checkHostname to be a boolean, got 1',
    ],
    [
      (context) => (context.minimumVersion = 'TLSv1.2' as never),
      'Expected minimumVersion to be one of TLSVersion, got "TLSv1.2"',
    ],
    [
      (context) => (context.maximumVersion = 5 as never),
      'Expected maximumVersion to be one of TLSVersion, got 5',
    ],
    [(context) => (context.numTickets = 1), 'not a server context'],
    [
      (context) => (context.numTickets = -1),
      'Expected numTickets to be an integer from 0 up, got -1',
    ],
    [
      (context) => (context.sniCallback = 'x' as never),
      'Expected sniCallback to be a function or null',
    ],
    [
      (context) => (context.keylogFilename = 5 as never),
      'Expected keylogFilename to be a path or null, got 5',
    ],
    [
      (context) => context.setAlpnProtocols(['']),
      'Expected ALPN protocols to have 1 to 255 bytes, got ""',
    ],
    [
      (context) => context.setAlpnProtocols([5 as never]),
      'Expected ALPN protocols to be strings, got 5',
    ],
    [
      (context) => context.setAlpnProtocols('h2' as never),
      'Expected protocols to be a list of strings, got "h2"',
    ],
    [(context) => context.setCiphers('nonsense'), 'No cipher can be selected.'],
    [(context) => context.setCiphersuites('TLS_NONSENSE'), 'No cipher can be selected.'],
    [
      (context) => context.setCiphers(''),
      'Expected ciphers to be a string with something in it, got ""',
    ],
    [
      (context) => context.loadVerifyLocations({}),
      'cafile, capath and cadata cannot be all omitted',
    ],
    [(context) => context.loadVerifyLocations(5 as never), 'Expected the locations to be'],
    [
      (context) => context.loadCertChain(5 as never),
      'Expected certfile to be a path, a file: URL or the content as bytes, got 5',
    ],
    [
      () => new SSLContext(2 as never),
      'Expected protocol to be PROTOCOL_TLS_CLIENT or PROTOCOL_TLS_SERVER, got 2',
    ],
    [
      () => createDefaultContext({ purpose: 'x' as never }),
      "Expected purpose to be 'SERVER_AUTH' or 'CLIENT_AUTH', got \"x\"",
    ],
    [() => createDefaultContext({ ca: 'x' } as never), 'createDefaultContext() has no option "ca"'],
    [() => createDefaultContext({ keyfile: 'x' }), 'keyfile is only meaningful with certfile'],
  ])('refuses what makes no sense: %s', (call, message) => {
    const context = new SSLContext();
    expect(thrown(() => call(context)).message).toContain(message);
  });

  it('loads a certificate and its key from paths, URLs and memory, from one file or two', () => {
    const { certfile, keyfile } = authority.localhost;
    const context = new SSLContext(PROTOCOL_TLS_SERVER);
    context.loadCertChain(certfile, keyfile);
    context.loadCertChain(pathToFileURL(certfile), pathToFileURL(keyfile));
    context.loadCertChain(readFileSync(certfile), readFileSync(keyfile));
    context.loadCertChain(Buffer.from(`${textOf(keyfile)}${textOf(certfile)}`));
    expect(context._settings.identities).toHaveLength(1);
    const rsa = authority.issue('rsa', { keyType: 'rsa' });
    context.loadCertChain(rsa.certfile, rsa.keyfile);
    expect(context._settings.identities).toHaveLength(2);
  });

  it('decrypts a key by a password, or a function that says it', () => {
    const encrypted = authority.encryptedKey(authority.localhost, 'sesame');
    const { certfile } = authority.localhost;
    for (const password of ['sesame', Buffer.from('sesame'), () => 'sesame']) {
      const context = new SSLContext(PROTOCOL_TLS_SERVER);
      context.loadCertChain(certfile, encrypted, password);
      expect(context._settings.identities).toHaveLength(1);
    }
    const context = new SSLContext(PROTOCOL_TLS_SERVER);
    const load = (password: string | null): Error =>
      thrown(() => context.loadCertChain(certfile, encrypted, password));
    expect(load('wrong')).toBeInstanceOf(SSLError);
    expect(load(null).message).toContain('needs its password');
    expect(load(5 as never).message).toContain('Expected password to be a string');
  });

  it('says what is wrong with files', () => {
    const context = new SSLContext(PROTOCOL_TLS_SERVER);
    const { certfile, keyfile } = authority.localhost;
    const other = authority.issue('other');
    const missing = thrown(() => context.loadCertChain('/nonexistent/x.pem'));
    expect(missing).toBeInstanceOf(OSError);
    expect(missing.code).toBe('ENOENT');
    expect(thrown(() => context.loadVerifyLocations('/nonexistent/x.pem')).code).toBe('ENOENT');
    expect(thrown(() => context.loadVerifyLocations({ capath: '/nonexistent' })).code).toBe(
      'ENOENT',
    );
    expect(thrown(() => context.loadCertChain(certfile, other.keyfile))).toMatchObject({
      name: 'SSLError',
      library: 'X509',
      reason: 'KEY_VALUES_MISMATCH',
      message: '[X509: KEY_VALUES_MISMATCH] key values mismatch',
    });
    expect(thrown(() => context.loadCertChain(keyfile))).toMatchObject({
      code: 'NO_START_LINE',
      message: `[PEM: NO_START_LINE] no certificate in ${keyfile}`,
    });
    expect(thrown(() => context.loadCertChain(certfile))).toMatchObject({
      code: 'NO_START_LINE',
      message: `[PEM: NO_START_LINE] no private key in ${certfile}: keyfile names another one`,
    });
    expect(() => context.loadCertChain(textOf(certfile))).toThrow(
      'Expected certfile to be a path, got its content: pass that as bytes',
    );
    expect(thrown(() => context.loadVerifyLocations(keyfile))).toBeInstanceOf(SSLError);
    const broken = textOf(certfile).replace(/\n[A-Za-z0-9+/]{10}/, '\n0000000000');
    expect(thrown(() => context.loadCertChain(Buffer.from(broken), keyfile))).toBeInstanceOf(
      SSLError,
    );
    expect(
      thrown(() => context.loadVerifyLocations({ cadata: Buffer.from([1, 2, 3]) })),
    ).toBeInstanceOf(SSLError);
  });

  it('takes authorities as text, bytes, DER, a file and a folder, each once', () => {
    const pem = textOf(authority.cafile);
    const context = new SSLContext();
    context.loadVerifyLocations({ cadata: pem });
    const [der] = context.getCaCerts(true);
    context.loadVerifyLocations({ cadata: der! });
    context.loadVerifyLocations(null, null, Buffer.from(pem));
    context.loadVerifyLocations(authority.cafile);
    expect(context.getCaCerts()).toHaveLength(1);
    context.loadVerifyLocations({ capath: authority.folder });
    expect(context.getCaCerts().length).toBeGreaterThan(1);
  });

  it('may be changed without an effect on what was handed over', () => {
    const context = createDefaultContext({ cafile: authority.cafile });
    const before = context._settings;
    expect(context._settings).toBe(before);
    context.setAlpnProtocols(['h2']);
    context.setCiphers('ECDHE+AESGCM');
    context.setEcdhCurve('P-256');
    expect(before.alpn).toEqual([]);
    expect(context._settings).toMatchObject({
      alpn: ['h2'],
      ciphers: 'ECDHE+AESGCM',
      groups: 'P-256',
    });
  });

  it('is the same inside for all that only trust what Node trusts, but not when one is changed', () => {
    const [first, second] = [createDefaultContext(), createDefaultContext()];
    expect(first._settings).toBe(second._settings);
    first.checkHostname = false;
    first.verifyMode = CERT_NONE;
    expect(second.checkHostname).toBe(true);
    expect(second.verifyMode).toBe(CERT_REQUIRED);
  });
});
