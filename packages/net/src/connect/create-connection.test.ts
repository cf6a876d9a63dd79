import {
  allTasks,
  type EventLoop,
  ExceptionGroup,
  sleep,
  TimeoutError,
  ValueError,
} from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_TCP,
  openConnection,
  OSError,
  Protocol,
  Socket,
  SOCK_DGRAM,
  SOCK_STREAM,
  socketpair,
  TCP_NODELAY,
  Transport,
  type TransportSocket,
} from '@loop/net';
import type { AddressInfo } from '@loop/posix';
import { describe, expect, it, vi } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { closedPort, fullListener, inLoop, portOf } from '../../test/in-loop.ts';
import { errorOf } from '../../test/error-of.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';

const HOST = '127.0.0.1';

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

/** Ends a connection, and waits for the end of its peer. */
async function ended(transport: Transport, peers: readonly Recorder[]): Promise<void> {
  transport.abort();
  while (peers.length === 0) await sleep(0);
  await peers[0]!.lost;
  await sleep(0);
}

/** Which address it was, why it failed, and how long that took. */
const refusal = (host: string, port: number): RegExp =>
  new RegExp(
    String.raw`^Connect call failed \('${host}', ${port}\): ECONNREFUSED, after \d+\.\d{3} s$`,
  );

const neverCalled = (): Protocol => {
  throw new Error('the factory was called');
};

describe.each(backends)('createConnection() with %s', (_, makeLoop) => {
  const withServer = (
    body: (loop: EventLoop, port: number, peers: Recorder[]) => Promise<void>,
  ): Promise<void> =>
    inLoop(makeLoop, async (loop) => {
      const peers: Recorder[] = [];
      const factory = (): Recorder => {
        const peer = new Recorder();
        peers.push(peer);
        return peer;
      };
      await using server = await loop.createServer(factory, HOST, 0);
      try {
        await body(loop, portOf(server), peers);
      } finally {
        server.abortClients();
      }
    });

  it('CONN-001 CONN-002 CONN-003 gives transport and protocol once connectionMade has run', async () => {
    await withServer(async (loop, port) => {
      const order: string[] = [];
      class Ordered extends Recorder {
        override connectionMade(transport: Transport): void {
          super.connectionMade(transport);
          order.push('made');
          loop.callSoon(() => order.push('soon'));
        }
      }
      const factory = vi.fn<() => Ordered>(() => {
        order.push('factory');
        return new Ordered();
      });
      const [transport, protocol] = await loop.createConnection(factory, HOST, port);
      order.push('resumed');
      expect(order).toEqual(['factory', 'made', 'soon', 'resumed']);
      expect(factory.mock.calls).toEqual([[]]);
      expect(factory.mock.results[0]!.value).toBe(protocol);
      expect(transport).toBeInstanceOf(Transport);
      expect(protocol.transport).toBe(transport);
      transport.abort();
    });
  });

  it('CONN-002 CONN-028 never calls the factory when it cannot connect, and says why', async () => {
    await inLoop(makeLoop, async (loop) => {
      using closed = closedPort();
      const error = await errorOf(loop.createConnection(neverCalled, HOST, closed.port));
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ code: 'ECONNREFUSED', address: HOST, port: closed.port });
      expect(error.message).toContain(`Connect call failed ('${HOST}', ${closed.port})`);
      await expect(loop.createConnection(neverCalled, HOST)).rejects.toThrow(OSError);
    });
  });

  it('CONN-004 delivers what came earlier after connectionMade', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      far.send(Buffer.from('early'));
      const [transport, protocol] = await loop.createConnection(() => new Recorder(), null, null, {
        sock: near,
      });
      expect(String(await protocol.bytes(5))).toBe('early');
      expect(protocol.trace).toEqual(['made', 'data']);
      transport.abort();
      far.close();
    });
  });

  it('CONN-005 CONN-007 TR-039 TR-040 SRV-024 is a TCP stream without delay at both ends', async () => {
    await withServer(async (loop, port, peers) => {
      const [transport] = await loop.createConnection(() => new Protocol(), HOST, port);
      while (peers.length === 0 || !peers[0]!.made.done()) await sleep(0);
      const ends = [transport, peers[0]!.transport];
      for (const end of ends) {
        const socket = end.getExtraInfo('socket')!;
        expect([socket.family, socket.type]).toEqual([AF_INET, SOCK_STREAM]);
        expect(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)).not.toBe(0);
      }
      const [client, server] = ends;
      expect(client!.getExtraInfo('peername')).toEqual([HOST, port]);
      expect(server!.getExtraInfo('sockname')).toEqual([HOST, port]);
      expect(server!.getExtraInfo('peername')).toEqual(client!.getExtraInfo('sockname'));
      transport.abort();
    });
  });

  it('CONN-006 CONN-009 DNS-011 asks the resolver with what it was given, and for no number', async () => {
    await withServer(async (loop, port) => {
      const asked = resolveWith(loop, { name: [inet(HOST, port)], local: [inet(HOST, 0)] });
      const options = { family: AF_INET, proto: IPPROTO_TCP, flags: 4 };
      const [transport] = await loop.createConnection(() => new Protocol(), 'name', 'service', {
        ...options,
        localAddr: ['local', 'port'],
      });
      transport.abort();
      const hints = { ...options, type: SOCK_STREAM };
      expect(asked).toEqual([
        ['name', 'service', hints],
        ['local', 'port', hints],
      ]);
      const [numeric] = await loop.createConnection(() => new Protocol(), HOST, port);
      numeric.abort();
      expect(asked).toHaveLength(2);
    });
  });

  it('CONN-008 takes ports as text and bytes, and names of services', async () => {
    await withServer(async (loop, port) => {
      for (const text of [String(port), Buffer.from(String(port))]) {
        const [transport] = await loop.createConnection(() => new Protocol(), HOST, text);
        transport.abort();
      }
      await expect(
        loop.createConnection(neverCalled, HOST, 'no-such-service'),
      ).rejects.toMatchObject({ code: 'EAI_SERVICE' });
    });
  });

  it('CONN-010 leaves a zone to the resolver', async () => {
    await inLoop(makeLoop, async (loop) => {
      const asked = resolveWith(loop, {});
      await expect(loop.createConnection(neverCalled, 'fe80::1%1', 80)).rejects.toThrow(OSError);
      expect(asked).toEqual([['fe80::1%1', 80, expect.anything()]]);
    });
  });

  it('CONN-011 CONN-012 connects to itself without a host, and to no host of an empty name', async () => {
    await withServer(async (loop, port) => {
      const [transport] = await loop.createConnection(() => new Protocol(), null, port, {
        family: AF_INET,
      });
      expect(transport.getExtraInfo('peername')).toEqual([HOST, port]);
      transport.abort();
      await expect(loop.createConnection(neverCalled, '', port)).rejects.toThrow(OSError);
    });
  });

  it.each([undefined, null])('CONN-012 takes port %s for 0, and says so when it fails', (port) =>
    inLoop(makeLoop, async (loop) => {
      const calls = [
        () => loop.createConnection(neverCalled, HOST, port),
        () => openConnection(HOST, port),
        () => loop.createConnection(neverCalled, HOST, port, { ssl: true }),
      ];
      for (const call of calls) {
        const error = await errorOf(call());
        expect(error).toMatchObject({ code: 'ECONNREFUSED' });
        expect(error.message).toMatch(`('${HOST}', 0): ECONNREFUSED`);
        expect(error.message).toMatch(`(port 0, as port was ${port})`);
      }
    }),
  );

  it('CONN-013 CONN-017 CONN-044 CONN-045 refuses what does not fit, before it looks up anything', async () => {
    await inLoop(makeLoop, async (loop) => {
      const asked = resolveWith(loop, {});
      using sock = new Socket();
      const cases: Array<[unknown[], string]> = [
        [[], 'host and port was not specified and no sock specified'],
        [['host', null, { sock }], 'host/port and sock can not be specified at the same time'],
        [[null, 80, { sock }], 'host/port and sock can not be specified at the same time'],
        [['host', 80, { serverHostname: '' }], 'server_hostname is only meaningful with ssl'],
        [
          ['host', 80, { sslHandshakeTimeout: 1 }],
          'ssl_handshake_timeout is only meaningful with ssl',
        ],
        [
          ['host', 80, { sslShutdownTimeout: 1 }],
          'ssl_shutdown_timeout is only meaningful with ssl',
        ],
      ];
      for (const [args, text] of cases) {
        const refused = loop.createConnection(neverCalled, ...(args as []));
        await expect(refused).rejects.toThrow(new ValueError(text));
      }
      await expect(loop.createConnection('x' as never, HOST, 1)).rejects.toThrow(TypeError);
      expect(asked).toEqual([]);
    });
  });

  it('CONN-014 passes on what the resolver says, also with allErrors', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const allErrors of [false, true]) {
        const options = { allErrors };
        await expect(
          loop.createConnection(neverCalled, 'no such name', 80, options),
        ).rejects.toMatchObject({ code: 'ENOTFOUND', syscall: 'getaddrinfo' });
        await expect(
          loop.createConnection(neverCalled, '::1', 80, { ...options, family: AF_INET }),
        ).rejects.toMatchObject({ syscall: 'getaddrinfo' });
        await expect(loop.createConnection(neverCalled, HOST, 65_536, options)).rejects.toThrow(
          RangeError,
        );
      }
    });
  });

  it('CONN-015 fails when the resolver finds nothing', async () => {
    await inLoop(makeLoop, async (loop) => {
      resolveWith(loop, {});
      for (const [host, localAddr] of [
        ['name', null],
        [HOST, ['local', 0]],
      ] as const) {
        const failed = loop.createConnection(neverCalled, host, 80, { localAddr });
        await expect(failed).rejects.toThrow(/getaddrinfo\(.*\) returned empty list/);
        await expect(failed).rejects.toThrow(OSError);
      }
    });
  });

  it('CONN-016 CONN-018 CONN-019 TR-008 TR-040 takes a connected socket over', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      near.setblocking(true);
      let blocking = true;
      const factory = (): Recorder => {
        blocking = near.getblocking();
        return new Recorder();
      };
      const [transport, protocol] = await loop.createConnection(factory, null, null, {
        sock: near,
        family: 77,
        localAddr: ['ignored', 1],
        happyEyeballsDelay: 1,
      });
      expect(blocking).toBe(false);
      expect(near.family).toBe(AF_UNIX);
      expect(transport.getExtraInfo('sockname')).toBe('');
      transport.close();
      expect(await protocol.lost).toBeNull();
      await sleep(0);
      expect(near.fileno()).toBe(-1);
      expect((transport.getExtraInfo('socket') as TransportSocket).fileno()).toBe(-1);
      far.close();
    });
  });

  it('CONN-019 CONN-020 CONN-021 refuses sockets that are no streams, or not free', async () => {
    await inLoop(makeLoop, async (loop) => {
      using datagrams = new Socket(AF_INET, SOCK_DGRAM);
      const connect = (sock: unknown) =>
        loop.createConnection(() => new Protocol(), null, null, { sock: sock as Socket });
      await expect(connect(datagrams)).rejects.toThrow(ValueError);
      await expect(connect(datagrams)).rejects.toThrow('A Stream Socket was expected, got <Socket');
      await expect(connect({ encrypted: true })).rejects.toThrow(
        new TypeError('Socket cannot be of type SSLSocket'),
      );
      const [near, far] = socketpair();
      const [transport] = await connect(near);
      await expect(connect(near)).rejects.toThrow(
        `File descriptor ${near.fileno()} is used by transport <StreamTransport`,
      );
      expect(transport.isClosing()).toBe(false);
      transport.abort();
      far.close();
    });
  });

  it('CONN-022 connects from the local address', async () => {
    await withServer(async (loop, port) => {
      using free = closedPort();
      const local = free.port;
      free[Symbol.dispose]();
      const [transport] = await loop.createConnection(() => new Protocol(), HOST, port, {
        localAddr: [HOST, local],
      });
      expect(transport.getExtraInfo('sockname')).toEqual([HOST, local]);
      transport.abort();
    });
  });

  it('CONN-023 CONN-024 CONN-025 tries the local addresses of the family in order', async () => {
    await withServer(async (loop, port) => {
      using taken = closedPort();
      const used = inet(HOST, taken.port);
      resolveWith(loop, {
        mixed: [inet('::1', 0), used, inet('127.0.0.2', 0)],
        six: [inet('::1', 0)],
        used: [used],
      });
      const connect = (local: string, allErrors = false) =>
        loop.createConnection(() => new Protocol(), HOST, port, {
          localAddr: [local, 1],
          allErrors,
        });
      const [transport] = await connect('mixed');
      expect(transport.getExtraInfo('sockname')).toEqual(['127.0.0.2', expect.any(Number)]);
      transport.abort();
      await expect(connect('six')).rejects.toThrow(
        `no matching local address with family=${AF_INET} found`,
      );
      const inUse = await errorOf(connect('used'));
      expect(inUse).toMatchObject({ code: 'EADDRINUSE' });
      expect(inUse.message).toMatch(
        new RegExp(
          String.raw`^error while attempting to bind on address \('127\.0\.0\.1', \d+\): .*address already in use`,
        ),
      );
    });
  });

  it('CONN-026 CONN-032 tries the addresses in order, and closes what fails', async () => {
    await withServer(async (loop, port, peers) => {
      using closed = closedPort();
      const before = openSockets().length;
      resolveWith(loop, {
        name: [inet(HOST, closed.port), inet('127.0.0.2', closed.port), inet(HOST, port)],
      });
      const [transport] = await loop.createConnection(() => new Protocol(), 'name', 1);
      expect(transport.getExtraInfo('peername')).toEqual([HOST, port]);
      await ended(transport, peers);
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('CONN-027 ends at an error that is not of the system', async () => {
    await withServer(async (loop, port) => {
      const before = openSockets().length;
      const broken = [AF_INET, SOCK_STREAM, 0, '', 'no address'] as unknown as AddressInfo;
      resolveWith(loop, { name: [broken, inet(HOST, port)] });
      await expect(loop.createConnection(neverCalled, 'name', 1)).rejects.toThrow(TypeError);
      expect(openSockets()).toHaveLength(before);
      await expect(
        loop.createConnection(() => new Protocol(), 'name', 1, { happyEyeballsDelay: null }),
      ).rejects.toThrow(TypeError);
    });
  });

  it.each([null, 0, 10])(
    'CONN-028 CONN-029 CONN-030 CONN-038 sums the failures up (delay %s)',
    async (happyEyeballsDelay) => {
      await inLoop(makeLoop, async (loop) => {
        using closed = closedPort();
        const { port } = closed;
        const options = { happyEyeballsDelay, interleave: 0 };
        resolveWith(loop, {
          one: [inet(HOST, port)],
          same: [inet(HOST, port), inet(HOST, port)],
          two: [inet(HOST, port), inet('127.0.0.2', port)],
        });
        for (const name of ['one', 'same']) {
          const error = await errorOf(loop.createConnection(neverCalled, name, 1, options));
          expect(error.message).toMatch(refusal(HOST, port));
          expect(error).toMatchObject({
            code: 'ECONNREFUSED',
            syscall: 'connect',
            address: HOST,
            port,
            cause: { code: 'ECONNREFUSED' },
          });
        }
        const several = await errorOf(loop.createConnection(neverCalled, 'two', 1, options));
        expect(several).toBeInstanceOf(OSError);
        expect(several.message).toMatch(/^Multiple exceptions: .*127\.0\.0\.1.*127\.0\.0\.2/);
        expect(several.message).toMatch(/after 0\.\d{3} s: Connect call failed/);
        expect((several as OSError).errors).toHaveLength(2);
        for (const [name, count] of [
          ['one', 1],
          ['two', 2],
        ] as const) {
          const group = await errorOf(
            loop.createConnection(neverCalled, name, 1, { ...options, allErrors: true }),
          );
          expect(group).toBeInstanceOf(ExceptionGroup);
          expect(group).toBeInstanceOf(AggregateError);
          expect(group.message).toContain('create_connection failed');
          const { errors } = group as ExceptionGroup;
          expect(errors).toHaveLength(count);
          const hosts = [HOST, '127.0.0.2'];
          for (const [index, each] of errors.entries()) {
            expect((each as Error).message).toMatch(refusal(hosts[index]!, port));
          }
        }
      });
    },
  );

  it('CONN-031 CONN-048 times out when each attempt was cancelled by itself', async () => {
    await inLoop(makeLoop, async (loop) => {
      using full = await fullListener(loop);
      const before = openSockets().length;
      const others = new Set(allTasks(loop));
      const connecting = loop.createTask(() =>
        loop.createConnection(neverCalled, HOST, full.port, { happyEyeballsDelay: 1000 }),
      );
      await sleep(0);
      await sleep(0);
      const attempts = [...allTasks(loop)].filter(
        (task) => !others.has(task) && task !== connecting,
      );
      expect(attempts).toHaveLength(1);
      for (const attempt of attempts) attempt.cancel();
      await expect(connecting).rejects.toThrow(TimeoutError);
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('CONN-032 CONN-033 CONN-035 CONN-037 races, and leaves no loser open', async () => {
    await withServer(async (loop, port, peers) => {
      using full = await fullListener(loop);
      const before = openSockets().length;
      resolveWith(loop, { name: [inet(HOST, full.port), inet(HOST, port)] });
      const [transport] = await loop.createConnection(() => new Protocol(), 'name', 1, {
        happyEyeballsDelay: 0.001,
      });
      expect(transport.getExtraInfo('peername')).toEqual([HOST, port]);
      await ended(transport, peers);
      expect(openSockets()).toHaveLength(before);
    });
  });

  it('CONN-050 closes the socket when the factory throws', async () => {
    await withServer(async (loop, port, peers) => {
      await expect(loop.createConnection(neverCalled, HOST, port)).rejects.toThrow(
        'the factory was called',
      );
      while (peers.length === 0) await sleep(0);
      expect(await peers[0]!.lost).toBeNull();
    });
  });

  it('CONN-051 succeeds when connectionMade throws', async () => {
    await withServer(async (loop, port, peers) => {
      const reports = collectReports(loop);
      class Throwing extends Recorder {
        override connectionMade(): void {
          throw new Error('made badly');
        }
      }
      const [transport, protocol] = await loop.createConnection(() => new Throwing(), HOST, port);
      expect(reports).toMatchObject([{ exception: { message: 'made badly' } }]);
      expect(reports[0]!.message).toContain('Exception in callback');
      while (peers.length === 0 || !peers[0]!.made.done()) await sleep(0);
      peers[0]!.transport.write(Buffer.from('open'));
      expect(String(await protocol.bytes(4))).toBe('open');
      transport.abort();
    });
  });

  it('CONN-052 succeeds when connectionMade closes', async () => {
    await withServer(async (loop, port) => {
      class Closing extends Recorder {
        override connectionMade(transport: Transport): void {
          super.connectionMade(transport);
          transport.close();
        }
      }
      const [transport, protocol] = await loop.createConnection(() => new Closing(), HOST, port);
      expect(transport.isClosing()).toBe(true);
      expect(await protocol.lost).toBeNull();
      expect(protocol.trace).toEqual(['made', 'lost']);
    });
  });

  it('SRV-030 SRV-032 puts a transport on an accepted connection', async () => {
    await inLoop(makeLoop, async (loop) => {
      using listener = new Socket();
      listener.bind([HOST, 0]);
      listener.listen();
      using client = new Socket();
      await loop.sockConnect(client, listener.getsockname());
      const [accepted] = await loop.sockAccept(listener);
      accepted.setblocking(true);
      const accept = (sock: Socket, options = {}) =>
        loop.connectAcceptedSocket(() => new Recorder(), sock, options);
      await expect(accept(accepted, { sslHandshakeTimeout: 1 })).rejects.toThrow(
        'ssl_handshake_timeout is only meaningful with ssl',
      );
      using datagrams = new Socket(AF_INET, SOCK_DGRAM);
      await expect(accept(datagrams)).rejects.toThrow('A Stream Socket was expected');
      const [transport, protocol] = await accept(accepted);
      await loop.sockSendall(client, Buffer.from('hello'));
      expect(String(await protocol.bytes(5))).toBe('hello');
      expect(transport.getExtraInfo('peername')).toEqual(client.getsockname());
      expect(transport.getExtraInfo('socket')!.getsockopt(IPPROTO_TCP, TCP_NODELAY)).not.toBe(0);
      transport.close();
      await protocol.lost;
      await sleep(0);
      expect(accepted.fileno()).toBe(-1);
    });
  });
});
