import { type EventLoop, gather } from '@loop/core';
import { type Protocol, type Server, type SSLContext, type SSLInfo, socketpair } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { closePair, connectPair } from '../../test/connected-pair.ts';
import { errorOf } from '../../test/error-of.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { portOf } from '../../test/in-loop.ts';
import { Recorder } from '../../test/recorder.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import { turns } from '../../test/turns.ts';
import { SSLCertVerificationError, SSLError } from './ssl-error.ts';

const authority = certificates();
const server = serverContext(authority.localhost);
const client = clientContext(authority);

/** Connects to a server that `serve` makes, and says why that fails. */
async function refusal(
  loop: EventLoop,
  ssl: SSLContext,
  options: { ssl?: SSLContext; serverHostname?: string; sslHandshakeTimeout?: number },
): Promise<Error & { code?: string }> {
  const reports = collectReports(loop);
  const far = new Recorder(loop);
  const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl });
  const protocol = new Recorder(loop);
  const error = await errorOf(
    loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), {
      ssl: client,
      serverHostname: 'localhost',
      ...options,
    }),
  );
  expect(protocol.trace).toEqual([]);
  listening.close();
  await listening.waitClosed();
  expect(far.trace.filter((event) => event === 'data')).toEqual([]);
  expect(reports).toEqual([]);
  return error;
}

/** A server that does not speak TLS. */
function plainServer(loop: EventLoop, protocol: Protocol): PromiseLike<Server> {
  return loop.createServer(() => protocol, '127.0.0.1', 0);
}

describe.each(tlsLoops)('connecting over TLS by %s', (_, makeLoop, engine) => {
  it('SRV-019 CONN-040 TLS-001 calls connectionMade after the handshake, and before the caller goes on', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, {
        server: { ssl: server },
        client: { ssl: client, serverHostname: 'localhost' },
      });
      const { near, far } = pair;
      expect(near.trace).toEqual(['made']);
      expect((near.transport.getExtraInfo('ssl_object') as SSLInfo).version()).toBe('TLSv1.3');
      near.transport.write(Buffer.from('ping'));
      expect((await far.bytes(4)).toString()).toBe('ping');
      far.transport.write(Buffer.from('pong'));
      expect((await near.bytes(4)).toString()).toBe('pong');
      await closePair(pair);
      expect(near.trace).toEqual(['made', 'data', 'lost']);
      expect(far.trace).toEqual(['made', 'data', 'eof', 'lost']);
    }));

  it('CONN-041 TLS-004 takes the host for the name, an address too', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const pair = await connectPair(loop, { server: { ssl: server }, client: { ssl: client } });
      const info = pair.near.transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(info.serverHostname).toBe('127.0.0.1');
      await closePair(pair);
    }));

  it('TLS-002 TLS-004 CONN-041 refuses a certificate for another name', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const error = await refusal(loop, server, { serverHostname: 'example.org' });
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      expect(error).toMatchObject({
        code: 'CERTIFICATE_VERIFY_FAILED',
        reason: 'CERTIFICATE_VERIFY_FAILED',
        verifyCode: 62,
        verifyMessage: "Hostname mismatch, certificate is not valid for 'example.org'.",
      });
    }));

  it('TLS-004 refuses a certificate for another address', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const error = await refusal(loop, server, { serverHostname: '127.0.0.2' });
      expect(error).toMatchObject({
        verifyCode: 64,
        verifyMessage: "IP address mismatch, certificate is not valid for '127.0.0.2'.",
      });
    }));

  it('CONN-042 with an empty name it verifies the chain alone', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const elsewhere = serverContext(authority.issue('elsewhere.test'));
      const pair = await connectPair(loop, {
        server: { ssl: elsewhere },
        client: { ssl: client, serverHostname: '' },
      });
      await closePair(pair);
      const distrusted = serverContext(authority.selfSigned());
      const error = await refusal(loop, distrusted, { serverHostname: '' });
      expect(error).toBeInstanceOf(SSLCertVerificationError);
    }));

  it.each([
    ['self-signed', () => authority.selfSigned(), 18, /self[- ]signed/],
    [
      'expired',
      () => authority.issue('expired', { altNames: ['DNS:localhost'], days: -1 }),
      10,
      /expired/,
    ],
  ])('TLS-003 refuses a certificate that is %s', (_name, files, verifyCode, text) =>
    inTlsLoop(makeLoop, async (loop) => {
      const error = await refusal(loop, serverContext(files()), {});
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      expect(error).toMatchObject({ code: 'CERTIFICATE_VERIFY_FAILED', verifyCode });
      expect(error.message).toMatch(text);
    }),
  );

  it('CONN-040 TLS-003 with ssl: true it trusts what Node trusts', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const listening = await loop.createServer(() => new Recorder(), '127.0.0.1', 0, {
        ssl: server,
      });
      const error = await errorOf(
        loop.createConnection(() => new Recorder(), 'localhost', portOf(listening), { ssl: true }),
      );
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      listening.close();
    }));

  it('TLS-003 refuses a certificate that was revoked', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const files = authority.issue('revoked', { altNames: ['DNS:localhost'] });
      const informed = clientContext(authority);
      informed.loadVerifyLocations(authority.revoke(files));
      const error = await refusal(loop, serverContext(files), { ssl: informed });
      expect(error).toMatchObject({ verifyCode: 23 });
    }));

  it('TLS-005 says that the peer has closed the connection in the handshake', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const listening = await plainServer(loop, new ClosesAtData());
      const protocol = new Recorder();
      const error = await errorOf(
        loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), { ssl: client }),
      );
      expect(error.code).toBe('ECONNRESET');
      expect(protocol.trace).toEqual([]);
      listening.close();
    }));

  it('TLS-005 says that the peer does not speak TLS', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const listening = await plainServer(loop, new Greets());
      const error = await errorOf(
        loop.createConnection(() => new Recorder(), '127.0.0.1', portOf(listening), {
          ssl: client,
        }),
      );
      expect(error).toBeInstanceOf(SSLError);
      expect(error.code).toMatch(/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/);
      listening.close();
    }));

  it('TLS-006 CONN-046 gives up on a handshake that takes too long', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const silent = new Recorder();
      const listening = await plainServer(loop, silent);
      const protocol = new Recorder();
      const error = await errorOf(
        loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), {
          ssl: client,
          sslHandshakeTimeout: 0.01,
        }),
      );
      expect(error).toMatchObject({
        code: 'ECONNABORTED',
        message: 'SSL handshake is taking longer than 0.01 seconds: aborting the connection',
      });
      expect(protocol.trace).toEqual([]);
      await silent.lost;
      expect(reports).toEqual([]);
      listening.close();
    }));

  it('TLS-007 cuts off a client that says nothing, and none that has said enough', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const accepted: Recorder[] = [];
      const factory = (): Recorder => {
        accepted.push(new Recorder(loop));
        return accepted.at(-1)!;
      };
      const listening = await loop.createServer(factory, '127.0.0.1', 0, {
        ssl: server,
        sslHandshakeTimeout: 0.25,
      });
      const port = portOf(listening);
      const [transport, good] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        port,
        {
          ssl: client,
        },
      );
      const [, mute] = await loop.createConnection(() => new Recorder(), '127.0.0.1', port);
      await mute.lost;
      expect(accepted.map(({ trace }) => trace)).toEqual([['made'], []]);
      transport.write(Buffer.from('still here'));
      await accepted[0]!.bytes(10);
      transport.close();
      await good.lost;
      listening.close();
      await listening.waitClosed();
    }));

  it('TLS-008 drops connections that are closed in the handshake', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const far = new Recorder();
      const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: server });
      const [, near] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(listening),
      );
      await turns();
      listening.closeClients();
      await near.lost;
      expect(far.trace).toEqual([]);
      listening.close();
      await listening.waitClosed();
    }));

  it('CONN-049 closes the connection when it is cancelled in the handshake', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const silent = new Recorder();
      const listening = await plainServer(loop, silent);
      const protocol = new Recorder();
      const call = loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), {
        ssl: client,
      });
      await silent.bytes(5);
      call.cancel();
      expect((await errorOf(call)).name).toBe('CancelledError');
      await silent.lost;
      expect(protocol.trace).toEqual([]);
      expect(reports).toEqual([]);
      listening.close();
    }));

  it('TLS-015 a connectionMade that throws is the end of the connection, and of the call', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const far = new Recorder();
      const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: server });
      const oops = new Error('oops');
      const protocol = new Recorder();
      protocol.connectionMade = () => {
        throw oops;
      };
      const error = await errorOf(
        loop.createConnection(() => protocol, '127.0.0.1', portOf(listening), { ssl: client }),
      );
      expect(error).toBe(oops);
      expect(await protocol.lost).toBe(oops);
      expect(reports).toMatchObject([{ exception: oops }]);
      await far.lost;
      listening.close();
    }));

  it('asks clients for certificates, and refuses those without, if that is wanted', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const strict = serverContext(authority.localhost);
      strict.verifyMode = 2;
      strict.loadVerifyLocations(authority.cafile);
      const known = clientContext(authority);
      const { certfile, keyfile } = authority.issue('somebody', { usage: 'clientAuth' });
      known.loadCertChain(certfile, keyfile);
      const pair = await connectPair(loop, { server: { ssl: strict }, client: { ssl: known } });
      expect(pair.far.transport.getExtraInfo('peercert')).toMatchObject({
        subject: [[['organizationName', 'Loop']], [['commonName', 'somebody']]],
      });
      await closePair(pair);
      for (const stranger of [client, withIdentity(authority.selfSigned())]) {
        const far = new Recorder();
        const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: strict });
        const near = new Recorder();
        // With TLS 1.3 the client is done before the server has seen who it is.
        await loop
          .createConnection(() => near, '127.0.0.1', portOf(listening), { ssl: stranger })
          .then(
            () => near.lost,
            () => null,
          );
        expect(far.trace).toEqual([]);
        listening.close();
        await listening.waitClosed();
      }
    }));

  it('with CERT_OPTIONAL it takes clients without a certificate, and refuses bad ones', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const asking = serverContext(authority.localhost);
      asking.verifyMode = 1;
      asking.loadVerifyLocations(authority.cafile);
      const pair = await connectPair(loop, { server: { ssl: asking }, client: { ssl: client } });
      expect(pair.far.transport.getExtraInfo('peercert')).toBe(null);
      await closePair(pair);
      const far = new Recorder();
      const listening = await loop.createServer(() => far, '127.0.0.1', 0, { ssl: asking });
      const near = new Recorder();
      await loop
        .createConnection(() => near, '127.0.0.1', portOf(listening), {
          ssl: withIdentity(authority.selfSigned()),
        })
        .then(
          () => near.lost,
          () => null,
        );
      expect(far.trace).toEqual([]);
      listening.close();
      await listening.waitClosed();
    }));

  it('chooses a certificate by the name that a client asks for', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const other = serverContext(authority.issue('other.test'));
      const chooser = serverContext(authority.localhost);
      const asked: Array<string | null> = [];
      chooser.sniCallback = (connection, name, context) => {
        asked.push(name);
        expect(context).toBe(chooser);
        if (name === 'assigned.test') connection.context = other;
        return name === 'other.test' ? other : null;
      };
      for (const [name, common] of [
        ['localhost', 'localhost'],
        ['other.test', 'other.test'],
      ] as const) {
        const pair = await connectPair(loop, {
          server: { ssl: chooser },
          client: { ssl: client, serverHostname: name },
        });
        expect(pair.near.transport.getExtraInfo('peercert')).toMatchObject({
          subject: [[['organizationName', 'Loop']], [['commonName', common]]],
        });
        const info = pair.far.transport.getExtraInfo('ssl_object') as SSLInfo;
        expect(info.context).toBe(name === 'localhost' ? chooser : other);
        expect(pair.far.transport.getExtraInfo('sslcontext')).toBe(chooser);
        await closePair(pair);
      }
      const assigned = await refusal(loop, chooser, { serverHostname: 'assigned.test' });
      expect(assigned.message).toContain("not valid for 'assigned.test'");
      expect(asked).toEqual(['localhost', 'other.test', 'assigned.test']);
    }));

  // Node's `tls` has no way to be asked.
  it(`${engine === 'openssl' ? 'asks' : 'does not ask'} the callback about a client that names nobody`, () =>
    inTlsLoop(makeLoop, async (loop) => {
      const chooser = serverContext(authority.localhost);
      const other = serverContext(authority.issue('other.test'));
      const asked: Array<string | null> = [];
      chooser.sniCallback = (_connection, name) => {
        asked.push(name);
        return other;
      };
      const trusting = clientContext(authority);
      trusting.checkHostname = false;
      // No address is ever named: RFC 6066, 3.
      for (const serverHostname of ['', '127.0.0.1']) {
        const pair = await connectPair(loop, {
          server: { ssl: chooser },
          client: { ssl: trusting, serverHostname },
        });
        const info = pair.far.transport.getExtraInfo('ssl_object') as SSLInfo;
        expect(info.context).toBe(engine === 'openssl' ? other : chooser);
        await closePair(pair);
      }
      expect(asked).toEqual(engine === 'openssl' ? [null, null] : []);
    }));

  it('refuses a client when the callback for its name throws, or answers with an alert', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const chooser = serverContext(authority.localhost);
      chooser.sniCallback = () => 112;
      const refused = await refusal(loop, chooser, {});
      expect(refused.code).toMatch(/ECONNRESET|UNRECOGNIZED_NAME|ALERT/);
      const reports = collectReports(loop);
      const oops = new Error('oops');
      chooser.sniCallback = () => {
        throw oops;
      };
      const listening = await loop.createServer(() => new Recorder(), '127.0.0.1', 0, {
        ssl: chooser,
      });
      const error = await errorOf(
        loop.createConnection(() => new Recorder(), '127.0.0.1', portOf(listening), {
          ssl: client,
          serverHostname: 'localhost',
        }),
      );
      expect(error).toBeInstanceOf(Error);
      listening.close();
      await listening.waitClosed();
      expect(reports).toMatchObject([{ message: 'SSL handshake failed', exception: oops }]);
    }));

  it('agrees on a protocol by ALPN, the one that the server likes best', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const serves = serverContext(authority.localhost);
      serves.setAlpnProtocols(['h2', 'http/1.1']);
      const asks = clientContext(authority);
      asks.setAlpnProtocols(['http/1.1', 'h2', 'x']);
      const pair = await connectPair(loop, { server: { ssl: serves }, client: { ssl: asks } });
      for (const { transport } of [pair.near, pair.far]) {
        const info = transport.getExtraInfo('ssl_object') as SSLInfo;
        expect(info.selectedAlpnProtocol()).toBe('h2');
      }
      await closePair(pair);
      const silent = await connectPair(loop, { server: { ssl: serves }, client: { ssl: client } });
      const info = silent.far.transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(info.selectedAlpnProtocol()).toBe(null);
      await closePair(silent);
    }));

  it.runIf(engine === 'openssl')(
    'goes on without a protocol where there is none in common (needs the engine of OpenSSL)',
    () =>
      inTlsLoop(makeLoop, async (loop) => {
        const [serves, asks] = withProtocols(['h2'], ['x']);
        const pair = await connectPair(loop, { server: { ssl: serves }, client: { ssl: asks } });
        const info = pair.near.transport.getExtraInfo('ssl_object') as SSLInfo;
        expect(info.selectedAlpnProtocol()).toBe(null);
        await closePair(pair);
      }),
  );

  it.runIf(engine === 'node')(
    'refuses a client without a protocol in common, as Node does (needs the engine of Node)',
    () =>
      inTlsLoop(makeLoop, async (loop) => {
        const [serves, asks] = withProtocols(['h2'], ['x']);
        const error = await refusal(loop, serves, { ssl: asks });
        expect(error.code).toMatch(/NO_APPLICATION_PROTOCOL/);
      }),
  );

  it.each([
    ['TLSv1.2', 0x0303],
    ['TLSv1.3', 0x0304],
  ] as const)('resumes a session with %s, if the server wants to', (version, maximumVersion) =>
    inTlsLoop(makeLoop, async (loop) => {
      const asks = clientContext(authority);
      asks.maximumVersion = maximumVersion;
      const connect = async (sslSession: Buffer | null): Promise<[SSLInfo, Buffer | null]> => {
        const pair = await connectPair(loop, {
          server: { ssl: server },
          client: { ssl: asks, serverHostname: 'localhost', sslSession },
        });
        // A ticket comes before the first data.
        pair.far.transport.write(Buffer.from('x'));
        await pair.near.bytes(1);
        const info = pair.near.transport.getExtraInfo('ssl_object') as SSLInfo;
        const farInfo = pair.far.transport.getExtraInfo('ssl_object') as SSLInfo;
        expect(info.version()).toBe(version);
        expect(farInfo.sessionReused).toBe(info.sessionReused);
        const { session } = info;
        await closePair(pair);
        return [info, session];
      };
      const [first, session] = await connect(null);
      expect(first.sessionReused).toBe(false);
      expect(session).toBeInstanceOf(Buffer);
      const [second] = await connect(session);
      expect(second.sessionReused).toBe(true);
    }),
  );

  it.runIf(engine === 'openssl')(
    'refuses a session that it cannot read, and leaves nothing open (needs the engine of OpenSSL)',
    () =>
      inTlsLoop(makeLoop, async (loop) => {
        const listening = await loop.createServer(() => new Recorder(), '127.0.0.1', 0, {
          ssl: server,
        });
        const before = openSockets();
        const error = await errorOf(
          loop.createConnection(() => new Recorder(), '127.0.0.1', portOf(listening), {
            ssl: client,
            sslSession: Buffer.from('no session'),
          }),
        );
        expect(error).toBeInstanceOf(SSLError);
        await turns();
        expect(openSockets()).toEqual(before);
        listening.close();
        await listening.waitClosed();
      }),
  );

  it('speaks the versions that both sides want', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const old = clientContext(authority);
      old.maximumVersion = 0x0303;
      const pair = await connectPair(loop, { server: { ssl: server }, client: { ssl: old } });
      const info = pair.far.transport.getExtraInfo('ssl_object') as SSLInfo;
      expect(info.version()).toBe('TLSv1.2');
      await closePair(pair);
      const modern = serverContext(authority.localhost);
      modern.minimumVersion = 0x0304;
      const error = await refusal(loop, modern, { ssl: old });
      expect(error).toBeInstanceOf(SSLError);
      expect(error.code).toMatch(/PROTOCOL_VERSION/);
    }));

  it('SRV-031 serves a connection that was accepted elsewhere', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const [left, right] = socketpair();
      const [[, near], [, far]] = await gather(
        loop.createConnection(() => new Recorder(), null, null, {
          sock: left,
          ssl: client,
          serverHostname: 'localhost',
        }),
        loop.connectAcceptedSocket(() => new Recorder(), right, { ssl: server }),
      );
      near.transport.write(Buffer.from('hello'));
      expect((await far.bytes(5)).toString()).toBe('hello');
      far.transport.close();
      await near.lost;
      await far.lost;
    }));

  it('UNIX-006 SRV-019 speaks TLS over Unix sockets', () =>
    inTlsLoop(makeLoop, async (loop) => {
      using folder = new TemporaryFolder();
      const path = folder.file('socket');
      const far = new Recorder();
      const listening = await loop.createUnixServer(() => far, path, { ssl: server });
      const [transport, near] = await loop.createUnixConnection(() => new Recorder(), path, {
        ssl: client,
        serverHostname: 'localhost',
      });
      transport.write(Buffer.from('hello'));
      expect((await far.bytes(5)).toString()).toBe('hello');
      transport.close();
      await near.lost;
      listening.close();
      await listening.waitClosed();
    }));

  it('TLS-011 serves 25 clients at once, with all their bytes in order', () =>
    inTlsLoop(makeLoop, async (loop) => {
      const listening = await loop.createServer(() => new Echo(), '127.0.0.1', 0, { ssl: server });
      const sent = Buffer.alloc(200_000);
      for (let at = 0; at < sent.length; at += 1) sent[at] = (at * 31 + (at >> 8)) & 0xff;
      await gather(
        ...Array.from({ length: 25 }, (_each, index) =>
          loop.createTask(async () => {
            const [transport, protocol] = await loop.createConnection(
              () => new Recorder(),
              '127.0.0.1',
              portOf(listening),
              { ssl: client },
            );
            const mine = sent.subarray(0, sent.length - index);
            transport.write(mine);
            expect((await protocol.bytes(mine.length)).equals(mine)).toBe(true);
            transport.close();
            expect(await protocol.lost).toBe(null);
          }),
        ),
      );
      listening.close();
      await listening.waitClosed();
    }));
});

function withIdentity({ certfile, keyfile }: { certfile: string; keyfile: string }): SSLContext {
  const context = clientContext(authority);
  context.loadCertChain(certfile, keyfile);
  return context;
}

class ClosesAtData extends Recorder {
  override dataReceived(): void {
    this.transport.close();
  }
}

class Greets extends Recorder {
  override dataReceived(): void {
    this.transport.write(Buffer.from('220 mail.example.org ESMTP\r\n'));
  }
}

class Echo extends Recorder {
  override dataReceived(data: Buffer): void {
    this.transport.write(data);
  }
}

function withProtocols(
  ours: readonly string[],
  theirs: readonly string[],
): [SSLContext, SSLContext] {
  const serves = serverContext(authority.localhost);
  serves.setAlpnProtocols(ours);
  const asks = clientContext(authority);
  asks.setAlpnProtocols(theirs);
  return [serves, asks];
}
