import { join } from 'node:path';
import type { EventLoop } from '@loop/core';
import type { CreateConnectionOptions, Server, SSLContext, SSLInfo } from '@loop/net';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { portOf } from '../../test/in-loop.ts';
import { isInstalled } from '../../test/is-installed.ts';
import { Program } from '../../test/program.ts';
import { Recorder } from '../../test/recorder.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import {
  certificates,
  clientContext,
  inTlsLoop,
  serverContext,
  tlsLoops,
} from '../../test/tls-loops.ts';
import { SSLCertVerificationError, SSLError } from './ssl-error.ts';

const authority = certificates();
const { localhost, cafile } = authority;
const versions = [
  ['TLSv1.2', '-tls1_2'],
  ['TLSv1.3', '-tls1_3'],
] as const;

/** Says back what it gets. */
class Echo extends Recorder {
  override dataReceived(data: Buffer): void {
    super.dataReceived(data);
    this.transport.write(data);
  }
}

/** Says back what it gets, on a port of its own, until `body` is done. */
async function serving<T>(
  loop: EventLoop,
  ssl: SSLContext,
  body: (port: number, accepted: readonly Recorder[]) => Promise<T>,
  makeProtocol: () => Recorder = () => new Echo(loop),
): Promise<T> {
  const accepted: Recorder[] = [];
  const factory = (): Recorder => {
    accepted.push(makeProtocol());
    return accepted.at(-1)!;
  };
  const server: Server = await loop.createServer(factory, '127.0.0.1', 0, { ssl });
  try {
    return await body(portOf(server), accepted);
  } finally {
    server.close();
    server.abortClients();
    await server.waitClosed();
  }
}

/** `openssl s_client`, which says what was agreed on and then goes on with its input. */
function sClient(port: number, ...args: readonly string[]): Program {
  const common = ['-connect', `127.0.0.1:${port}`, '-CAfile', cafile, '-verify_return_error'];
  return new Program('openssl', ['s_client', ...common, ...args]);
}

/** `openssl s_server`, and its port. */
async function sServer(...args: readonly string[]): Promise<[program: Program, port: number]> {
  const program = new Program('openssl', ['s_server', '-accept', '127.0.0.1:0', ...args]);
  const [, port] = await program.prints(/ACCEPT [^\n]*:(\d+)\n/);
  return [program, Number(port)];
}

const identity = (files = localhost): string[] => ['-cert', files.certfile, '-key', files.keyfile];

describe.skipIf(!isInstalled('openssl')).each(tlsLoops)(
  'openssl, against %s (needs openssl)',
  (_, makeLoop) => {
    it.each(versions)('as a client of ours with %s', (version, flag) =>
      inTlsLoop(makeLoop, (loop) =>
        serving(loop, serverContext(localhost), async (port, accepted) => {
          using program = sClient(port, flag, '-servername', 'localhost');
          await program.prints(/Verify return code: 0 \(ok\)/);
          program.write('hello from openssl\n');
          await program.prints(/hello from openssl\n/);
          const info = accepted[0]!.transport.getExtraInfo('ssl_object') as SSLInfo;
          expect(info.version()).toBe(version);
          program.end();
          expect(await program.exits()).toBe(0);
          expect(await accepted[0]!.lost).toBe(null);
        }),
      ),
    );

    it('as a client that wants another name, and one that trusts nobody', () =>
      inTlsLoop(makeLoop, (loop) =>
        serving(loop, serverContext(localhost), async (port, accepted) => {
          using stranger = sClient(port, '-verify_hostname', 'example.org');
          await stranger.prints(/hostname mismatch/i);
          expect(await stranger.exits()).not.toBe(0);
          const common = ['-connect', `127.0.0.1:${port}`, '-verify_return_error'];
          using distrustful = new Program('openssl', ['s_client', ...common]);
          await distrustful.prints(/verify error/);
          expect(await distrustful.exits()).not.toBe(0);
          expect(accepted.flatMap(({ trace }) => trace)).not.toContain('data');
        }),
      ));

    it('as a client that offers protocols by ALPN', () =>
      inTlsLoop(makeLoop, (loop) => {
        const context = serverContext(localhost);
        context.setAlpnProtocols(['h2', 'http/1.1']);
        return serving(loop, context, async (port) => {
          using program = sClient(port, '-alpn', 'http/1.1,h2');
          await expect(program.prints(/ALPN protocol: h2/)).resolves.toBeDefined();
        });
      }));

    it.each(versions)('as a client that resumes its session with %s', (version, flag) =>
      inTlsLoop(makeLoop, (loop) =>
        serving(loop, serverContext(localhost), async (port, accepted) => {
          using folder = new TemporaryFolder();
          const session = folder.file('session');
          using first = sClient(port, flag, '-sess_out', session);
          await first.prints(/New, /);
          first.write('word x\n');
          await first.prints(/word x\n/);
          first.end();
          await first.exits();
          using second = sClient(port, flag, '-sess_in', session);
          await second.prints(/Reused, /);
          second.write('word y\n');
          await second.prints(/word y\n/);
          const info = accepted[1]!.transport.getExtraInfo('ssl_object') as SSLInfo;
          expect([info.version(), info.sessionReused]).toEqual([version, true]);
        }),
      ),
    );

    it('as a client that cannot resume where there are no tickets', () =>
      inTlsLoop(makeLoop, (loop) => {
        const context = serverContext(localhost);
        context.numTickets = 0;
        return serving(loop, context, async (port, accepted) => {
          using program = sClient(port, '-tls1_3');
          await program.prints(/Verify return code: 0/);
          program.write('word x\n');
          await program.prints(/word x\n/);
          expect(program.output).not.toContain('Post-Handshake New Session Ticket');
          expect(accepted).toHaveLength(1);
        });
      }));

    it('as a client with a certificate, and without', () =>
      inTlsLoop(makeLoop, (loop) => {
        const context = serverContext(localhost);
        context.verifyMode = 2;
        context.loadVerifyLocations(cafile);
        const somebody = authority.issue('somebody', { usage: 'clientAuth' });
        return serving(loop, context, async (port, accepted) => {
          using known = sClient(port, ...identity(somebody));
          await known.prints(/Verify return code: 0/);
          known.write('word x\n');
          await known.prints(/word x\n/);
          expect(accepted[0]!.transport.getExtraInfo('peercert')).toMatchObject({
            subject: [[['organizationName', 'Loop']], [['commonName', 'somebody']]],
          });
          using unknown = sClient(port);
          unknown.write('word x\n');
          expect(await unknown.exits()).not.toBe(0);
          expect(accepted.slice(1).flatMap(({ trace }) => trace)).toEqual([]);
        });
      }));

    it('as a client that asks for new keys, and as one that renegotiates', () =>
      inTlsLoop(makeLoop, (loop) =>
        serving(loop, serverContext(localhost), async (port) => {
          using program = sClient(port, '-tls1_3');
          await program.prints(/Verify return code: 0/);
          // Commands of s_client: new keys, of both sides.
          program.write('K\n');
          await program.prints(/KEYUPDATE/);
          program.write('after new keys\n');
          await program.prints(/after new keys\n/);
          using old = sClient(port, '-tls1_2');
          await old.prints(/Verify return code: 0/);
          old.write('R\n');
          await old.prints(/RENEGOTIATING/);
          old.write('after a renegotiation\n');
          // It may be refused or allowed, as OpenSSL was told; the server is well in any case.
          await Promise.race([old.exits(), old.prints(/after a renegotiation\n/)]);
          using another = sClient(port);
          await expect(another.prints(/Verify return code: 0/)).resolves.toBeDefined();
        }),
      ));

    it.each(versions)('as a server with %s', (version, flag) =>
      inTlsLoop(makeLoop, async (loop) => {
        const [program, port] = await sServer(...identity(), flag, '-rev', '-alpn', 'x');
        using _program = program;
        const context = clientContext(authority);
        context.setAlpnProtocols(['y', 'x']);
        const [transport, protocol] = await loop.createConnection(
          () => new Recorder(),
          '127.0.0.1',
          port,
          { ssl: context, serverHostname: 'localhost' },
        );
        const info = transport.getExtraInfo('ssl_object') as SSLInfo;
        expect([info.version(), info.selectedAlpnProtocol()]).toEqual([version, 'x']);
        transport.write(Buffer.from('hello\n'));
        expect((await protocol.bytes(6)).toString()).toBe('olleh\n');
        transport.close();
        expect(await protocol.lost).toBe(null);
      }),
    );

    it.each(versions)('as a server that resumes a session with %s', (version, flag) =>
      inTlsLoop(makeLoop, async (loop) => {
        const [program, port] = await sServer(...identity(), flag, '-rev');
        using _program = program;
        const connect = async (sslSession: Buffer | null): Promise<SSLInfo> => {
          const [transport, protocol] = await loop.createConnection(
            () => new Recorder(),
            '127.0.0.1',
            port,
            { ssl: clientContext(authority), serverHostname: 'localhost', sslSession },
          );
          transport.write(Buffer.from('ab\n'));
          await protocol.bytes(3);
          const info = transport.getExtraInfo('ssl_object') as SSLInfo;
          session = info.session;
          transport.close();
          await protocol.lost;
          return info;
        };
        let session: Buffer | null = null;
        expect((await connect(null)).sessionReused).toBe(false);
        const info = await connect(session);
        expect([info.version(), info.sessionReused]).toEqual([version, true]);
      }),
    );

    it.each([
      ['for another name', () => localhost, 'example.org', 62],
      [
        'that has expired',
        () => authority.issue('expired', { altNames: ['DNS:localhost'], days: -1 }),
        'localhost',
        10,
      ],
      ['by itself', () => authority.selfSigned(), 'localhost', 18],
    ])('as a server with a certificate %s', (_what, files, serverHostname, verifyCode) =>
      inTlsLoop(makeLoop, async (loop) => {
        const [program, port] = await sServer(...identity(files()), '-rev');
        using _program = program;
        const error = await connecting(loop, port, {
          ssl: clientContext(authority),
          serverHostname,
        });
        expect(error).toBeInstanceOf(SSLCertVerificationError);
        expect(error).toMatchObject({ verifyCode });
      }),
    );

    it('as a server that wants a certificate', () =>
      inTlsLoop(makeLoop, async (loop) => {
        const verifying = ['-Verify', '1', '-verify_return_error', '-CAfile', cafile, '-tls1_2'];
        const [program, port] = await sServer(...identity(), '-rev', ...verifying);
        using _program = program;
        const options = { ssl: clientContext(authority), serverHostname: 'localhost' };
        expect(await connecting(loop, port, options)).toBeInstanceOf(SSLError);
        const { certfile, keyfile } = authority.issue('somebody', { usage: 'clientAuth' });
        options.ssl.loadCertChain(certfile, keyfile);
        const [transport, protocol] = await loop.createConnection(
          () => new Recorder(),
          '127.0.0.1',
          port,
          options,
        );
        transport.write(Buffer.from('hello\n'));
        expect((await protocol.bytes(6)).toString()).toBe('olleh\n');
        transport.close();
        await protocol.lost;
      }));

    it('as a server that only speaks what we refuse', () =>
      inTlsLoop(makeLoop, async (loop) => {
        const [program, port] = await sServer(...identity(), '-rev', '-tls1_2');
        using _program = program;
        const modern = clientContext(authority);
        modern.minimumVersion = 0x0304;
        const error = await connecting(loop, port, { ssl: modern, serverHostname: 'localhost' });
        expect(error).toBeInstanceOf(SSLError);
      }));
  },
);

/** Why it cannot connect. */
function connecting(
  loop: EventLoop,
  port: number,
  options: CreateConnectionOptions,
): Promise<Error> {
  return errorOf(loop.createConnection(() => new Recorder(), '127.0.0.1', port, options));
}

describe.skipIf(!isInstalled('curl')).each(tlsLoops)(
  'curl, against %s (needs curl)',
  (_, makeLoop) => {
    it.each([
      ['TLSv1.2', ['--tlsv1.2', '--tls-max', '1.2']],
      ['TLSv1.3', ['--tlsv1.3']],
    ])(
      'fetches a page with %s, and refuses a certificate that it does not trust',
      (version, args) =>
        inTlsLoop(makeLoop, (loop) =>
          serving(
            loop,
            serverContext(localhost),
            async (port, accepted) => {
              const url = `https://localhost:${port}/`;
              const resolve = ['--resolve', `localhost:${port}:127.0.0.1`];
              using program = new Program('curl', [
                '-sS',
                ...args,
                '--cacert',
                cafile,
                ...resolve,
                url,
              ]);
              expect(await program.exits()).toBe(0);
              expect(program.output).toBe('x'.repeat(300_000));
              const info = accepted[0]!.transport.getExtraInfo('ssl_object') as SSLInfo;
              expect(info.version()).toBe(version);
              using distrustful = new Program('curl', ['-sS', ...args, ...resolve, url]);
              expect(await distrustful.exits()).toBe(60);
            },
            () => new Page(loop),
          ),
        ),
    );
  },
);

/** One page, for everybody. */
class Page extends Recorder {
  override dataReceived(data: Buffer): void {
    super.dataReceived(data);
    if (!this.received.includes('\r\n\r\n')) return;
    const body = 'x'.repeat(300_000);
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    this.transport.writelines([Buffer.from(head), Buffer.from(body)]);
    this.transport.close();
  }
}

describe.skipIf(!isInstalled('python3')).each(tlsLoops)(
  'CPython, against %s (needs python3)',
  (_, makeLoop) => {
    const fixture = (name: string): string =>
      join(import.meta.dirname, '../../test/fixtures', name);

    it('as a client', () =>
      inTlsLoop(makeLoop, (loop) => {
        const context = serverContext(localhost);
        context.setAlpnProtocols(['echo']);
        return serving(loop, context, async (port, accepted) => {
          const text = 'ä'.repeat(1000);
          const args = [fixture('tls_echo_client.py'), String(port), cafile, 'localhost', 'hello'];
          using program = new Program('python3', args);
          expect(await program.exits()).toBe(0);
          expect(program.output).toBe('hello TLSv1.3 echo\n');
          expect(await accepted[0]!.lost).toBe(null);
          using stranger = new Program('python3', [...args.slice(0, 3), 'example.org', text]);
          expect(await stranger.exits()).toBe(1);
          expect(stranger.output).toContain(
            "Hostname mismatch, certificate is not valid for 'example.org'",
          );
        });
      }));

    it('as a server', () =>
      inTlsLoop(makeLoop, async (loop) => {
        const { certfile, keyfile } = localhost;
        using program = new Program('python3', [fixture('tls_echo_server.py'), certfile, keyfile]);
        const [, port] = await program.prints(/^(\d+)\n/);
        const [transport, protocol] = await loop.createConnection(
          () => new Recorder(),
          '127.0.0.1',
          Number(port),
          { ssl: clientContext(authority) },
        );
        const sent = Buffer.alloc(1_000_000, 'abc');
        transport.write(sent);
        expect((await protocol.bytes(sent.length)).equals(sent)).toBe(true);
        transport.close();
        expect(await protocol.lost).toBe(null);
        await program.prints(/\n1000000\n/);
        expect(await program.exits()).toBe(0);
      }));
  },
);
