import { type EventLoop, run, getRunningLoop } from '@loop/core';
import {
  type CreateConnectionOptions,
  createDefaultContext,
  SSLContext,
  type Protocol,
  socketpair,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import { certificates, serverContext } from '../../test/tls-loops.ts';

const authority = certificates();
const forServers = serverContext(authority.localhost);
const forClients = createDefaultContext({ cafile: authority.cafile });
const factory = (): Protocol => {
  throw new Error('Expected no protocol to be made');
};

/** What the call is refused with; no socket may have been opened, or closed. */
async function refusal(call: (loop: EventLoop) => PromiseLike<unknown>): Promise<string> {
  return run(async () => {
    const before = openSockets();
    const { name, message } = await errorOf(call(getRunningLoop()));
    expect(openSockets()).toEqual(before);
    return `${name}: ${message}`;
  });
}

const nameless = 'ValueError: You must set server_hostname when using ssl without a host';
const plain = (option: string): string => `ValueError: ${option} is only meaningful with ssl`;

describe('options of TLS, before anything is opened', () => {
  it.each<[CreateConnectionOptions, string]>([
    [{ ssl: 1 as never }, 'TypeError: Expected ssl to be an SSLContext, true or null, got 1'],
    [
      { ssl: forServers },
      'SSLError: Cannot create a client socket with a PROTOCOL_TLS_SERVER context',
    ],
    [{ serverHostname: 'x' }, plain('server_hostname')],
    [{ serverHostname: '' }, plain('server_hostname')],
    [{ ssl: false, serverHostname: 'x' }, plain('server_hostname')],
    [{ sslSession: Buffer.alloc(1) }, plain('ssl_session')],
    [
      { ssl: true, sslSession: 'x' as never },
      'TypeError: Expected ssl_session to be bytes, got "x"',
    ],
    [{ sslHandshakeTimeout: 1 }, plain('ssl_handshake_timeout')],
    [{ sslShutdownTimeout: 1 }, plain('ssl_shutdown_timeout')],
    [
      { ssl: true, sslHandshakeTimeout: 0 },
      'ValueError: ssl_handshake_timeout should be a positive number, got 0',
    ],
    [
      { ssl: true, sslShutdownTimeout: -1 },
      'ValueError: ssl_shutdown_timeout should be a positive number, got -1',
    ],
    [
      { ssl: true, sslHandshakeTimeout: '5' as never },
      'TypeError: ssl_handshake_timeout should be a positive number, got "5"',
    ],
    [
      { ssl: true, serverHostname: 5 as never },
      'TypeError: Expected server_hostname to be a string, got 5',
    ],
    [
      { ssl: true, serverHostname: '.example.org' },
      'ValueError: Expected server_hostname to be a host name, got ".example.org"',
    ],
    [
      { ssl: true, serverHostname: 'a\0b' },
      'ValueError: Expected server_hostname to be a host name, got "a\\u0000b"',
    ],
  ])('CONN-044 CONN-045 CONN-047 createConnection refuses %o', async (options, message) => {
    expect(
      await refusal((loop) => loop.createConnection(factory, 'host.invalid', 1, options)),
    ).toBe(message);
  });

  it('CONN-043 createConnection wants a name where there is no host', async () => {
    const [left, right] = socketpair();
    expect(
      await refusal((loop) =>
        loop.createConnection(factory, null, null, { sock: left, ssl: forClients }),
      ),
    ).toBe(nameless);
    for (const host of ['', null]) {
      expect(
        await refusal((loop) => loop.createConnection(factory, host, 1, { ssl: forClients })),
      ).toBe(nameless);
    }
    left.close();
    right.close();
  });

  it.each([true, false, {}])(
    'SRV-020 createServer takes a context for ssl, and not %s',
    async (ssl) => {
      const message = await refusal((loop) =>
        loop.createServer(factory, '127.0.0.1', 0, { ssl: ssl as never }),
      );
      expect(message).toContain('TypeError: ssl argument must be an SSLContext or None');
    },
  );

  it('SRV-020 createServer refuses a context for clients, and timeouts without one', async () => {
    const serve = (options: object): Promise<string> =>
      refusal((loop) => loop.createServer(factory, '127.0.0.1', 0, options));
    expect(await serve({ ssl: forClients })).toBe(
      'SSLError: Cannot create a server socket with a PROTOCOL_TLS_CLIENT context',
    );
    expect(await serve({ sslHandshakeTimeout: 1 })).toBe(plain('ssl_handshake_timeout'));
    expect(await serve({ sslShutdownTimeout: 1 })).toBe(plain('ssl_shutdown_timeout'));
    expect(await serve({ ssl: forServers, sslHandshakeTimeout: 0 })).toContain('got 0');
  });

  it('SRV-032 connectAcceptedSocket refuses ssl: true, and timeouts without a context', async () => {
    const [left, right] = socketpair();
    const accept = (options: object): Promise<string> =>
      refusal((loop) => loop.connectAcceptedSocket(factory, left, options));
    expect(await accept({ ssl: true })).toBe(
      'ValueError: Server side SSL needs a valid SSLContext, got true',
    );
    expect(await accept({ sslHandshakeTimeout: 1 })).toBe(plain('ssl_handshake_timeout'));
    expect(await accept({ sslShutdownTimeout: 1 })).toBe(plain('ssl_shutdown_timeout'));
    left.close();
    right.close();
  });

  it('UNIX-006 UNIX-007 createUnixConnection wants a name, and options of TLS only with it', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('nobody');
    const connect = (options: object): Promise<string> =>
      refusal((loop) => loop.createUnixConnection(factory, path, options));
    expect(await connect({ ssl: forClients })).toBe(
      'ValueError: you have to pass server_hostname when using ssl',
    );
    expect(await connect({ ssl: true, serverHostname: '' })).toContain('ENOENT');
    expect(await connect({ serverHostname: '' })).toBe(plain('server_hostname'));
    expect(await connect({ sslHandshakeTimeout: 1 })).toBe(plain('ssl_handshake_timeout'));
  });

  it('refuses a context that OpenSSL cannot use', async () => {
    const impossible = new SSLContext();
    impossible.minimumVersion = 0x0304;
    impossible.setCiphersuites('TLS_AES_128_GCM_SHA256');
    impossible.maximumVersion = 0x0303;
    const message = await refusal((loop) =>
      loop.createConnection(factory, 'host.invalid', 1, { ssl: impossible }),
    );
    expect(message).toContain('minimumVersion');
  });
});
