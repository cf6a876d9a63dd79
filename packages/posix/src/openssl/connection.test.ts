import { connect, createServer, isIP, type Socket } from 'node:net';
import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../test/certificates.ts';
import '../../test/needs-ffi.ts';
import { carry, readAll, shakeHands } from '../../test/tls-pair.ts';
import { isSupported, PinnedBuffer } from '../ffi/library.ts';
import { CertificateBundle } from './certificate-bundle.ts';
import {
  CLOSED,
  DONE,
  OpenSslConnection,
  type ServerNameCallback,
  WANT_READ,
} from './connection.ts';
import { OpenSslContext, type OpenSslContextOptions } from './context.ts';
import { OpenSslBio } from './memory-bio.ts';
import { OpenSslError } from './openssl-error.ts';

const authority = new TestAuthority();
afterAll(() => authority[Symbol.dispose]());

const localhost = authority.issue('localhost', ['DNS:localhost', 'IP:127.0.0.1']);
const other = authority.issue('other.example');
const chains = [{ certificates: localhost.certificate, key: localhost.key }];
let authorities: CertificateBundle[] = [];
let memory: PinnedBuffer;
beforeAll(() => {
  // Without it all tests are skipped.
  if (!isSupported()) return;
  authorities = [new CertificateBundle([authority.certificate])];
  memory = new PinnedBuffer(64 * 1024);
});

function serverSide(
  options: OpenSslContextOptions = {},
  onServerName: ServerNameCallback | null = null,
): OpenSslConnection {
  const context = new OpenSslContext({ role: 'server', chains, ...options });
  return new OpenSslConnection(context, { server: true, onServerName });
}

function clientSide(
  options: OpenSslContextOptions = {},
  more: { peerName?: string | null; session?: Buffer | null } = {},
): OpenSslConnection {
  const context = new OpenSslContext({
    role: 'client',
    verify: 'required',
    authorities,
    ...options,
  });
  const { peerName = 'localhost', session = null } = more;
  return new OpenSslConnection(context, {
    server: false,
    serverName: isIP(peerName ?? '') === 0 ? peerName : null,
    verifyName: peerName,
    session,
  });
}

function failureOf(action: () => unknown): OpenSslError {
  try {
    action();
  } catch (error) {
    if (error instanceof OpenSslError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('a handshake in memory', () => {
  it('agrees, and carries bytes both ways', () => {
    const client = clientSide();
    const server = serverSide();
    expect(client.handshake()).toBe(WANT_READ);
    shakeHands(client, server);
    expect(client.agreement.version).toBe('TLSv1.3');
    expect(client.agreement.cipher).toEqual([expect.stringMatching(/^TLS_/), 'TLSv1.3', 256]);
    expect(client.write(Buffer.from('hello'))).toBe(5);
    carry(client, server);
    expect(readAll(server)).toBe('hello');
    expect(server.readPinned(memory, 0, 100)).toBe(WANT_READ);
    server.write(Buffer.alloc(100_000, 'x'));
    carry(server, client);
    expect(readAll(client)).toBe('x'.repeat(100_000));
  });

  it('goes on in read and write, which wait for it', () => {
    const client = clientSide();
    const server = serverSide();
    const bytes = Buffer.alloc(10);
    expect(client.write(Buffer.from('early'))).toBe(WANT_READ);
    carry(client, server);
    expect(server.read(bytes, 0, 10)).toBe(WANT_READ);
    carry(server, client);
    expect(client.write(Buffer.from('early'))).toBe(5);
    carry(client, server);
    expect(server.read(bytes, 2, 8)).toBe(5);
    expect(bytes.toString('latin1', 2, 7)).toBe('early');
  });

  it('says goodbye from both sides', () => {
    const client = clientSide();
    const server = serverSide();
    shakeHands(client, server);
    expect(server.shutdown()).toBe(0);
    carry(server, client);
    expect(client.readPinned(memory, 0, 100)).toBe(CLOSED);
    expect(client.shutdown()).toBe(DONE);
    carry(client, server);
    expect(server.shutdown()).toBe(DONE);
  });

  it.each([
    [0x0303, 'TLSv1.2'],
    [0x0304, 'TLSv1.3'],
  ])('speaks version 0x%s alone when it is told to', (version, name) => {
    const client = clientSide();
    const server = serverSide({ minimumVersion: version, maximumVersion: version });
    shakeHands(client, server);
    expect(server.agreement.version).toBe(name);
  });

  it('chooses a protocol by the order of the server', () => {
    const client = clientSide({ alpnProtocols: ['http/1.1', 'h2'] });
    const server = serverSide({ alpnProtocols: ['h2', 'http/1.1'] });
    shakeHands(client, server);
    expect([client.agreement.alpnProtocol, server.agreement.alpnProtocol]).toEqual(['h2', 'h2']);
  });

  it('goes on without a protocol when none is shared', () => {
    const client = clientSide({ alpnProtocols: ['spdy'] });
    const server = serverSide({ alpnProtocols: ['h2'] });
    shakeHands(client, server);
    expect([client.agreement.alpnProtocol, server.agreement.alpnProtocol]).toEqual([null, null]);
  });

  it('logs the keys', () => {
    const lines: string[] = [];
    const client = clientSide({ onKey: (line) => lines.push(line) });
    shakeHands(client, serverSide());
    expect(lines.map((line) => line.split(' ')[0])).toContain('CLIENT_TRAFFIC_SECRET_0');
  });
});

describe('verification', () => {
  it('refuses a certificate for another name, and says so', () => {
    const client = clientSide({}, { peerName: 'elsewhere.example' });
    const server = serverSide();
    const error = failureOf(() => shakeHands(client, server));
    expect(error).toMatchObject({
      library: 'SSL',
      reason: 'CERTIFICATE_VERIFY_FAILED',
      verifyCode: 62,
      verifyMessage: "Hostname mismatch, certificate is not valid for 'elsewhere.example'.",
    });
    // The alert is there to be sent, and the other side understands it.
    expect(carry(client, server)).toBeGreaterThan(0);
    expect(failureOf(() => server.handshake()).reason).toBe('SSLV3_ALERT_BAD_CERTIFICATE');
  });

  it('checks addresses', () => {
    shakeHands(clientSide({}, { peerName: '127.0.0.1' }), serverSide());
    const client = clientSide({}, { peerName: '127.0.0.2' });
    expect(failureOf(() => shakeHands(client, serverSide())).verifyCode).toBe(64);
  });

  it('refuses an authority that is not trusted', () => {
    const client = clientSide({ authorities: [] });
    expect(failureOf(() => shakeHands(client, serverSide()))).toMatchObject({
      reason: 'CERTIFICATE_VERIFY_FAILED',
      verifyCode: 20,
      verifyMessage: 'unable to get local issuer certificate',
    });
  });

  it('asks a client for its certificate', () => {
    const server = serverSide({ verify: 'required', authorities, maximumVersion: 0x0303 });
    expect(failureOf(() => shakeHands(clientSide(), server)).reason).toBe(
      'PEER_DID_NOT_RETURN_A_CERTIFICATE',
    );
    const client = clientSide({ chains });
    const again = serverSide({ verify: 'required', authorities });
    shakeHands(client, again);
    const der = again.agreement.peerCertificate!;
    expect(new X509Certificate(der).subject).toBe('CN=localhost');
    expect(again.agreement.verifiedChain).toHaveLength(2);
  });

  it('shows what the peer has sent', () => {
    const client = clientSide();
    expect(client.agreement.peerCertificate).toBe(null);
    shakeHands(client, serverSide());
    const certificate = new X509Certificate(client.agreement.peerCertificate!);
    expect(certificate.fingerprint256).toBe(
      new X509Certificate(localhost.certificate).fingerprint256,
    );
    expect(client.agreement.peerChain).toHaveLength(1);
    expect(client.agreement.verified).toBe(true);
  });
});

describe('server names', () => {
  let otherContext: OpenSslContext;
  beforeAll(() => {
    if (!isSupported()) return;
    otherContext = new OpenSslContext({
      role: 'server',
      chains: [{ certificates: other.certificate, key: other.key }],
      alpnProtocols: ['other'],
    });
  });

  it('switch to another context', () => {
    const names: (string | null)[] = [];
    const server = serverSide({}, (name) => {
      names.push(name);
      return name === 'other.example' ? otherContext : null;
    });
    const client = clientSide({ alpnProtocols: ['other'] }, { peerName: 'other.example' });
    shakeHands(client, server);
    expect(names).toEqual(['other.example']);
    expect(server.context).toBe(otherContext);
    expect(client.agreement.alpnProtocol).toBe('other');
  });

  it('can be refused by an alert', () => {
    const client = clientSide();
    const server = serverSide({}, () => 112);
    expect(failureOf(() => shakeHands(client, server)).reason).toBe('CALLBACK_FAILED');
    carry(server, client);
    expect(failureOf(() => client.handshake()).reason).toBe('TLSV1_UNRECOGNIZED_NAME');
  });

  it('throw out of the handshake', () => {
    const failure = new Error('no such name');
    const server = serverSide({}, () => {
      throw failure;
    });
    const client = clientSide();
    expect(() => shakeHands(client, server)).toThrow(failure);
    carry(server, client);
    expect(failureOf(() => client.handshake()).reason).toBe('SSLV3_ALERT_HANDSHAKE_FAILURE');
  });
});

describe('resumption', () => {
  it.each([[0x0303], [0x0304]])('works in version 0x%s', (version) => {
    const serverContext = new OpenSslContext({ role: 'server', chains, maximumVersion: version });
    const connect = (session: Buffer | null): OpenSslConnection => {
      const client = clientSide({}, { session });
      const server = new OpenSslConnection(serverContext, { server: true });
      shakeHands(client, server);
      expect(readAll(client)).toBe('');
      expect(client.agreement.sessionReused).toBe(session !== null);
      return client;
    };
    const { session } = connect(null);
    expect(connect(session).agreement.peerCertificate).not.toBe(null);
  });

  it('is off without tickets', () => {
    const server = serverSide({ tickets: 0 });
    const client = clientSide();
    shakeHands(client, server);
    expect(readAll(client)).toBe('');
    expect(client.session).toBe(null);
  });

  it('refuses what is no session', () => {
    expect(() => clientSide({}, { session: Buffer.from('no session') })).toThrow(OpenSslError);
  });
});

describe('contexts', () => {
  it('read keys with a password', () => {
    const key = authority.encryptedKey('localhost', 'secret');
    const certificates = localhost.certificate;
    shakeHands(clientSide(), serverSide({ chains: [{ certificates, key, password: 'secret' }] }));
    for (const password of ['wrong', null]) {
      expect(() => serverSide({ chains: [{ certificates, key, password }] })).toThrow(OpenSslError);
    }
  });

  it.each<[string, OpenSslContextOptions, string]>([
    [
      'a key of another certificate',
      { chains: [{ certificates: localhost.certificate, key: other.key }] },
      'KEY_VALUES_MISMATCH',
    ],
    ['no certificate', { chains: [{ certificates: '', key: other.key }] }, 'NO_START_LINE'],
    ['no ciphers', { ciphers: 'NONSENSE' }, 'NO_CIPHER_MATCH'],
    ['no suites', { ciphersuites: 'NONSENSE' }, 'NO_CIPHER_MATCH'],
  ])('refuse %s', (_, options, reason) => {
    expect(failureOf(() => new OpenSslContext({ chains, ...options })).reason).toBe(reason);
  });

  it('read DER, and certificates one after the other', () => {
    const der = new X509Certificate(authority.certificate).raw;
    expect(new CertificateBundle([Buffer.concat([der, der])]).size).toBe(2);
    expect(new CertificateBundle([authority.certificate + other.certificate]).size).toBe(2);
    shakeHands(clientSide({ authorities: [new CertificateBundle([der])] }), serverSide());
  });

  it('name their ciphers', () => {
    const context = new OpenSslContext({
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
      ciphersuites: 'TLS_AES_128_GCM_SHA256',
    });
    expect(context.ciphers).toEqual(['TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256']);
  });
});

describe('with the TLS of Node', () => {
  it('serves its client', async () => {
    const connection = serverSide({ alpnProtocols: ['echo'] });
    const server = createServer((socket) => echo(connection, socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const options = { servername: 'localhost', ca: authority.certificate };
    const client = tls.connect({ port, host: '127.0.0.1', ALPNProtocols: ['echo'], ...options });
    client.end('hello');
    const [data] = (await once(client, 'data')) as [Buffer];
    expect(data.toString()).toBe('hello');
    expect(client.authorized).toBe(true);
    expect(client.alpnProtocol).toBe('echo');
    await once(client, 'close');
    server.close();
  });

  it('is a client of its server', async () => {
    const { certificate: cert, key } = localhost;
    const server = tls.createServer({ cert, key }, (socket) => socket.pipe(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
    const client = clientSide();
    client.handshake();
    flush(client, socket);
    for await (const chunk of socket) {
      client.feed(chunk as Buffer);
      if (client.handshake() === DONE && client.agreement.finished.length > 0) break;
      flush(client, socket);
    }
    expect(client.agreement.version).toBe('TLSv1.3');
    server.close();
  });
});

function flush(connection: OpenSslConnection, socket: Socket): void {
  const count = connection.drainPinned(memory, 0, memory.bytes.length);
  if (count > 0) socket.write(Buffer.from(memory.bytes.subarray(0, count)));
}

function echo(connection: OpenSslConnection, socket: Socket): void {
  socket.on('data', (chunk) => {
    connection.feed(chunk);
    const count = connection.readPinned(memory, 0, memory.bytes.length);
    if (count > 0) connection.write(Buffer.from(memory.bytes.subarray(0, count)));
    if (connection.readPinned(memory, 0, memory.bytes.length) === CLOSED) {
      connection.shutdown();
      flush(connection, socket);
      socket.end();
    } else flush(connection, socket);
  });
}

describe('misuse', () => {
  it('throws after free', () => {
    const client = clientSide();
    const { agreement } = client;
    client.free();
    client.free();
    const calls: (() => unknown)[] = [
      () => client.handshake(),
      () => client.read(Buffer.alloc(1), 0, 1),
      () => client.readPinned(memory, 0, 1),
      () => client.write(Buffer.alloc(1)),
      () => client.feed(Buffer.alloc(1)),
      () => client.feedPinned(memory, 0, 1),
      () => client.drainPinned(memory, 0, 1),
      () => client.shutdown(),
      () => client.pending,
      () => client.incoming,
      () => client.session,
      () => agreement.version,
      () => agreement.peerChain,
    ];
    for (const call of calls) expect(call).toThrow('The TLS connection is closed');
  });

  it('throws in the middle of a call, and frees at its end', () => {
    const errors: unknown[] = [];
    const server = serverSide({}, (_, connection) => {
      for (const call of [
        () => connection.handshake(),
        () => connection.read(Buffer.alloc(1), 0, 1),
        () => connection.feed(Buffer.alloc(1)),
        () => connection.shutdown(),
      ]) {
        try {
          call();
        } catch (error) {
          errors.push((error as Error).message);
        }
      }
      connection.free();
      return null;
    });
    const client = clientSide();
    client.handshake();
    carry(client, server);
    expect(server.handshake()).toBe(WANT_READ);
    expect(errors).toEqual(Array(4).fill('The TLS connection is in the middle of a call'));
    expect(() => server.outgoing).toThrow('The TLS connection is closed');
  });

  it('uses other connections in a callback', () => {
    const inner = { client: clientSide(), server: serverSide({}, () => null) };
    const server = serverSide({ alpnProtocols: ['outer'] }, () => {
      shakeHands(inner.client, inner.server);
      return null;
    });
    const client = clientSide({ alpnProtocols: ['outer'] });
    shakeHands(client, server);
    expect(client.agreement.alpnProtocol).toBe('outer');
    expect(inner.client.agreement.verified).toBe(true);
  });

  it.each([
    [-1, 1],
    [0, 64 * 1024 + 1],
    [64 * 1024, 1],
    [0, Number.NaN],
  ])('refuses memory outside of its bounds: %d, %d', (offset, length) => {
    const client = clientSide();
    expect(() => client.readPinned(memory, offset, length)).toThrow(RangeError);
    expect(() => client.feedPinned(memory, offset, length)).toThrow(RangeError);
    expect(() => client.drainPinned(memory, offset, length)).toThrow(RangeError);
  });

  it('fails for ever after a fatal error', () => {
    const server = serverSide();
    server.feed(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(failureOf(() => server.handshake()).reason).toBe('HTTP_REQUEST');
    for (const call of [
      () => server.handshake(),
      () => server.write(Buffer.from('x')),
      () => server.shutdown(),
    ]) {
      expect(call).toThrow(OpenSslError);
    }
  });

  it('leaves no error behind for the TLS of Node', () => {
    expect(() => new OpenSslContext({ ciphers: 'NONSENSE' })).toThrow(OpenSslError);
    const server = serverSide();
    server.feed(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(() => server.handshake()).toThrow(OpenSslError);
    const client = clientSide();
    expect(client.handshake()).toBe(WANT_READ);
    expect(() => tls.createSecureContext({ ca: authority.certificate })).not.toThrow();
  });
});

describe('memory BIOs', () => {
  it('queue bytes, and end', () => {
    const bio = new OpenSslBio();
    bio.write(Buffer.from('hello'));
    const bytes = Buffer.alloc(3);
    expect([bio.pending, bio.read(bytes, 0, 3), bytes.toString(), bio.pending]).toEqual([
      5,
      3,
      'hel',
      2,
    ]);
    bio.end();
    expect(() => bio.write(bytes)).toThrow('cannot write() after write_eof()');
    expect([bio.read(bytes, 0, 3), bio.read(bytes, 0, 3)]).toEqual([2, 0]);
  });

  it('can be given to a connection, and outlive it', () => {
    const outgoing = new OpenSslBio();
    const context = new OpenSslContext({ role: 'client' });
    const client = new OpenSslConnection(context, { server: false, outgoing });
    client.handshake();
    client.free();
    expect(outgoing.pending).toBeGreaterThan(100);
  });
});
