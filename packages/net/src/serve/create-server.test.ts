import { type EventLoop, ValueError } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  AI_PASSIVE,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  OSError,
  Protocol,
  SO_KEEPALIVE,
  SO_REUSEADDR,
  SO_REUSEPORT,
  Socket,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '@loop/net';
import type { AddressInfo } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../test/error-of.ts';
import { closedPort, inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';

const HOST = '127.0.0.1';
const make = (): Protocol => new Protocol();

const inet = (host: string, port: number): AddressInfo =>
  host.includes(':')
    ? [AF_INET6, SOCK_STREAM, IPPROTO_TCP, '', [host, port, 0, 0]]
    : [AF_INET, SOCK_STREAM, IPPROTO_TCP, '', [host, port]];

/** Answers look-ups by name; what was asked is kept. */
function resolveWith(loop: EventLoop, table: Record<string, AddressInfo[]>): unknown[][] {
  const asked: unknown[][] = [];
  loop.getaddrinfo = (host, port, options) => {
    asked.push([host, port, options]);
    const answer = loop.createFuture<AddressInfo[]>();
    answer.setResult(table[String(host)] ?? []);
    return answer;
  };
  return asked;
}

async function connects(loop: EventLoop, host: string, port: number): Promise<boolean> {
  try {
    const [transport, protocol] = await loop.createConnection(() => new Recorder(), host, port);
    transport.abort();
    await protocol.lost;
    return true;
  } catch (error) {
    if (error instanceof OSError) return false;
    throw error;
  }
}

describe.each(backends)('createServer() with %s', (_, makeLoop, backend) => {
  it('SRV-001 SRV-014 SRV-022 has a protocol for each connection, whatever the backlog', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const backlog of [0, 1, 100]) {
        let count = 0;
        const factory = (): Protocol => {
          count += 1;
          return new Protocol();
        };
        await using server = await loop.createServer(factory, HOST, 0, { backlog });
        const socket = server.sockets[0]!;
        expect([socket.family, socket.type]).toEqual([AF_INET, SOCK_STREAM]);
        for (let i = 0; i < 3; i += 1)
          expect(await connects(loop, HOST, portOf(server))).toBe(true);
        const [last] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
        last.abort();
        server.close();
        await server.waitClosed();
        expect(count).toBeGreaterThanOrEqual(3);
      }
      await expect(loop.createServer(make, HOST, 0, { backlog: -1 })).rejects.toThrow(ValueError);
      await expect(loop.createServer(make, HOST, 0, { backlog: 'many' as never })).rejects.toThrow(
        'Expected backlog to be an integer from 0 up, got "many"',
      );
    });
  });

  it('SRV-002 SRV-003 binds every host once, resolved all together', async () => {
    await inLoop(makeLoop, async (loop) => {
      const both = [inet(HOST, 0), inet('127.0.0.2', 0)];
      const asked = resolveWith(loop, { one: both, two: [...both, inet('127.0.0.3', 0)] });
      await using single = await loop.createServer(make, 'one', 0);
      expect(single.sockets).toHaveLength(2);
      await using several = await loop.createServer(make, ['one', 'two', HOST], 0);
      const hosts = several.sockets.map((socket) => (socket.getsockname() as [string, number])[0]);
      expect(hosts.toSorted()).toEqual([HOST, '127.0.0.2', '127.0.0.3']);
      expect(asked.map(([host]) => host)).toEqual(['one', 'one', 'two']);
    });
  });

  it('SRV-004 SRV-005 SRV-007 SRV-008 listens on all interfaces of both families', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const host of [null, '']) {
        await using server = await loop.createServer(make, host, 0);
        const addresses = server.sockets.map((socket) => socket.getsockname() as [string, number]);
        expect(addresses.map(([name]) => name).toSorted()).toEqual(['0.0.0.0', '::']);
        expect(addresses.every(([, port]) => port > 0)).toBe(true);
        const six = server.sockets.find((socket) => socket.family === AF_INET6)!;
        expect(six.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)).toBe(1);
      }
      await using v4 = await loop.createServer(make, null, 0, { family: AF_INET });
      expect(v4.sockets.map(({ family }) => family)).toEqual([AF_INET]);
      const port = portOf(v4);
      await using v6 = await loop.createServer(make, null, port, { family: AF_INET6 });
      expect([v6.sockets.length, portOf(v6)]).toEqual([1, port]);
      expect(await connects(loop, HOST, port)).toBe(true);
      expect(await connects(loop, '::1', port)).toBe(true);
      v4.close();
      expect(await connects(loop, HOST, port)).toBe(false);
    });
  });

  it('SRV-007 hands family and flags to the resolver', async () => {
    await inLoop(makeLoop, async (loop) => {
      const asked = resolveWith(loop, { name: [inet(HOST, 0)] });
      await using plain = await loop.createServer(make, 'name', 'service');
      await using special = await loop.createServer(make, 'name', null, {
        family: AF_INET,
        flags: 4,
      });
      expect([plain.isServing(), special.isServing()]).toEqual([true, true]);
      const type = SOCK_STREAM;
      expect(asked).toMatchObject([
        ['name', 'service', { family: 0, type, flags: AI_PASSIVE }],
        ['name', null, { family: AF_INET, type, flags: 4 }],
      ]);
    });
  });

  it('SRV-006 SRV-012 SRV-013 SRV-020 SRV-021 refuses what does not fit, before it does anything', async () => {
    await inLoop(makeLoop, async (loop) => {
      const asked = resolveWith(loop, {});
      using sock = new Socket();
      using datagrams = new Socket(AF_INET, SOCK_DGRAM);
      const before = openSockets().length;
      const cases: Array<[unknown[], ErrorConstructor | typeof ValueError, string]> = [
        [[], ValueError, 'Neither host/port nor sock were specified'],
        [
          ['host', null, { sock }],
          ValueError,
          'host/port and sock can not be specified at the same time',
        ],
        [
          [null, 0, { sock }],
          ValueError,
          'host/port and sock can not be specified at the same time',
        ],
        [[null, null, { sock: datagrams }], ValueError, 'A Stream Socket was expected, got'],
        [
          [null, null, { sock: { encrypted: true } }],
          TypeError,
          'Socket cannot be of type SSLSocket',
        ],
        [['host', 1, { ssl: true }], TypeError, 'ssl argument must be an SSLContext or None'],
        [['host', 1, { ssl: false }], TypeError, 'ssl argument must be an SSLContext or None'],
        [['host', 1, { sslHandshakeTimeout: 1 }], ValueError, 'ssl_handshake_timeout is only'],
        [['host', 1, { sslShutdownTimeout: 1 }], ValueError, 'ssl_shutdown_timeout is only'],
      ];
      for (const [args, kind, text] of cases) {
        const error = await errorOf(loop.createServer(make, ...(args as [])));
        expect(error).toBeInstanceOf(kind);
        expect(String(error)).toContain(text);
      }
      expect(asked).toEqual([]);
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('SRV-009 fails when a name has no addresses', async () => {
    await inLoop(makeLoop, async (loop) => {
      await expect(loop.createServer(make, 'no such name', 0)).rejects.toMatchObject({
        code: 'ENOTFOUND',
      });
      resolveWith(loop, { one: [inet(HOST, 0)] });
      const error = await errorOf(loop.createServer(make, ['one', 'none'], 0));
      expect(error).toBeInstanceOf(OSError);
      expect(String(error)).toContain("getaddrinfo('none') returned empty list");
    });
  });

  it('SRV-010 skips addresses that this system does not have', async () => {
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets().length;
      const foreign = inet('192.0.2.1', 0);
      const unknown = [77, SOCK_STREAM, 0, '', [HOST, 0]] as unknown as AddressInfo;
      resolveWith(loop, { some: [foreign, unknown, inet(HOST, 0)], none: [foreign, unknown] });
      await using server = await loop.createServer(make, 'some', 0);
      expect(server.sockets.map((socket) => socket.family)).toEqual([AF_INET]);
      server.close();
      const error = await errorOf(loop.createServer(make, 'none', 0));
      expect(error).toBeInstanceOf(OSError);
      expect(String(error)).toContain(
        `could not bind on any address out of [('192.0.2.1', 0), ('${HOST}', 0)]`,
      );
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('SRV-011 closes everything when one address cannot be had', async () => {
    await inLoop(makeLoop, async (loop) => {
      await using first = await loop.createServer(make, HOST, 0);
      const before = openSockets().length;
      const port = portOf(first);
      resolveWith(loop, { both: [inet('127.0.0.2', 0), inet(HOST, port)] });
      const error = await errorOf(loop.createServer(make, 'both', 0));
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
      expect(String(error)).toContain(
        `error while attempting to bind on address ('${HOST}', ${port}): `,
      );
      expect(String(error)).toContain('address already in use');
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('SRV-012 SRV-013 takes a socket over, that is bound or listens already', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const listening of [false, true]) {
        const sock = new Socket();
        sock.bind([HOST, 0]);
        if (listening) sock.listen();
        sock.setblocking(true);
        const server = await loop.createServer(make, null, null, { sock });
        expect(sock.getblocking()).toBe(false);
        expect(await connects(loop, HOST, portOf(server))).toBe(true);
        server.close();
        expect(sock.fileno()).toBe(-1);
      }
    });
  });

  it('SRV-015 SRV-016 SRV-017 sets the options that it is given', async () => {
    await inLoop(makeLoop, async (loop) => {
      const optionsOf = async (options: object): Promise<boolean[]> => {
        await using server = await loop.createServer(make, HOST, 0, options);
        return [SO_REUSEADDR, SO_REUSEPORT, SO_KEEPALIVE].map(
          (option) => server.sockets[0]!.getsockopt(SOL_SOCKET, option) !== 0,
        );
      };
      expect(await optionsOf({})).toEqual([true, false, false]);
      expect(await optionsOf({ reuseAddress: null, reusePort: null, keepAlive: null })).toEqual([
        true,
        false,
        false,
      ]);
      expect(await optionsOf({ reuseAddress: false })).toEqual([false, false, false]);
      const all = await optionsOf({ reusePort: true, keepAlive: true });
      // Node keeps alive the connections only; the next test but one is about these.
      expect(all).toEqual([true, true, backend === 'selector' || all[2]]);
    });
  });

  it('SRV-016 lets two servers share a port', async () => {
    await inLoop(makeLoop, async (loop) => {
      await using first = await loop.createServer(make, HOST, 0, { reusePort: true });
      const port = portOf(first);
      await using second = await loop.createServer(make, HOST, port, { reusePort: true });
      expect(portOf(second)).toBe(port);
      await expect(loop.createServer(make, HOST, port)).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
      first.close();
      expect(await connects(loop, HOST, port)).toBe(true);
    });
  });

  it('SRV-017 keeps accepted connections alive too', async () => {
    await inLoop(makeLoop, async (loop) => {
      const made = loop.createFuture<boolean>();
      class Peer extends Recorder {
        override connectionMade(transport: never): void {
          super.connectionMade(transport);
          const socket = this.transport.getExtraInfo('socket')!;
          made.setResult(socket.getsockopt(SOL_SOCKET, SO_KEEPALIVE) !== 0);
        }
      }
      await using server = await loop.createServer(() => new Peer(), HOST, 0, { keepAlive: true });
      const [transport] = await loop.createConnection(make, HOST, portOf(server));
      expect(await made).toBe(true);
      transport.abort();
    });
  });

  it('SRV-018 is bound and does not listen until it shall serve', async () => {
    await inLoop(makeLoop, async (loop) => {
      await using server = await loop.createServer(make, HOST, 0, { startServing: false });
      const port = portOf(server);
      expect(await connects(loop, HOST, port)).toBe(false);
      await server.startServing();
      expect(await connects(loop, HOST, port)).toBe(true);
    });
  });

  it('SRV-015 listens again on a port whose connections linger', async () => {
    await inLoop(makeLoop, async (loop) => {
      using unused = closedPort();
      const server = await loop.createServer(() => new Closing(), HOST, 0);
      const port = portOf(server);
      const [, client] = await loop.createConnection(() => new Recorder(), HOST, port);
      await client.lost;
      server.close();
      await server.waitClosed();
      await using again = await loop.createServer(make, HOST, port);
      expect(portOf(again)).toBe(port);
      expect(unused.port).not.toBe(port);
    });
  });
});

/** The side that closes first is the one whose port lingers. */
class Closing extends Recorder {
  override connectionMade(transport: never): void {
    super.connectionMade(transport);
    this.transport.close();
  }
}
