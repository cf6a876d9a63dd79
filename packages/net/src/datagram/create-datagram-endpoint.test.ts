import { existsSync, statSync, writeFileSync } from 'node:fs';
import { completed, type EventLoop, ValueError } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  DatagramTransport,
  SO_BROADCAST,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  Socket,
  SOL_SOCKET,
  type SocketAddress,
} from '@loop/net';
import { AI_NUMERICHOST, type AddressInfo, IPPROTO_UDP } from '@loop/posix';
import { describe, expect, it, vi } from 'vitest';
import { DatagramRecorder } from '../../test/datagram-recorder.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { backends } from '../../test/backends.ts';
import { TemporaryFolder } from '../../test/temporary-folder.ts';

const HOST = '127.0.0.1';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const sockname = (transport: DatagramTransport): SocketAddress =>
  transport.getExtraInfo('sockname') as SocketAddress;
const portOf = (transport: DatagramTransport): number =>
  (sockname(transport) as [string, number])[1];

/** The loop's resolver gives `found`, in place of the system's. */
function resolveTo(loop: EventLoop, found: readonly AddressInfo[]): ReturnType<typeof vi.fn> {
  const resolver = vi.fn(() => completed([...found]));
  Object.assign(loop, { getaddrinfo: resolver });
  return resolver;
}

describe.each(backends)('datagram endpoints with %s', (_, makeLoop) => {
  it.each([
    ['IPv4', HOST, AF_INET],
    ['IPv6', '::1', AF_INET6],
  ] as const)('UDP-001 UDP-003 UDP-004 exchanges datagrams by %s', async (__, host, family) => {
    await inLoop(makeLoop, async (loop) => {
      const [server, received] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: [host, 0],
      });
      expect(server).toBeInstanceOf(DatagramTransport);
      const socket = server.getExtraInfo('socket')!;
      expect([socket.family, socket.type]).toEqual([family, SOCK_DGRAM]);
      expect([sockname(server), server.getExtraInfo('peername')]).toEqual([
        socket.getsockname(),
        null,
      ]);
      const [client, answers] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        remoteAddr: [host, portOf(server)],
      });
      expect(client.getExtraInfo('peername')).toEqual(sockname(server));
      client.sendto(bytes('ping'));
      await received.events(2);
      expect(received.senders).toEqual([sockname(client)]);
      server.sendto(bytes('pong'), received.senders[0]);
      await answers.events(2);
      client.close();
      server.close();
      expect(await answers.events(3)).toEqual(['made', 'data pong', 'lost']);
      expect(await received.events(3)).toEqual(['made', 'data ping', 'lost']);
      expect(answers.senders).toEqual([sockname(server)]);
    });
  });

  it('UDP-001 hands family, proto and flags to the resolver', async () => {
    await inLoop(makeLoop, async (loop) => {
      const resolver = resolveTo(loop, [[AF_INET, SOCK_DGRAM, IPPROTO_UDP, '', [HOST, 0]]]);
      const [transport] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: ['somewhere', 0],
        family: AF_INET,
        proto: IPPROTO_UDP,
        flags: AI_NUMERICHOST,
      });
      transport.close();
      expect(resolver).toHaveBeenCalledExactlyOnceWith('somewhere', 0, {
        family: AF_INET,
        type: SOCK_DGRAM,
        proto: IPPROTO_UDP,
        flags: AI_NUMERICHOST,
      });
    });
  });

  it('UDP-002 UDP-014 opens, makes, tells, resumes, and reads only then', async () => {
    await inLoop(makeLoop, async (loop) => {
      const socket = new Socket(AF_INET, SOCK_DGRAM);
      socket.bind([HOST, 0]);
      socket.setblocking(true);
      using sender = new Socket(AF_INET, SOCK_DGRAM);
      sender.sendto(bytes('early'), socket.getsockname());
      const order: string[] = [];
      const [transport, protocol] = await loop.createDatagramEndpoint(
        () => {
          order.push(`factory, blocking: ${socket.getblocking()}`);
          return new DatagramRecorder();
        },
        { sock: socket },
      );
      protocol.note('resumed');
      expect(await protocol.events(3)).toEqual(['made', 'resumed', 'data early']);
      expect(order).toEqual(['factory, blocking: false']);
      transport.close();
      await protocol.lost;
      expect(socket.fileno()).toBe(-1);
    });
  });

  it('UDP-005 makes an unbound endpoint of a family alone', async () => {
    await inLoop(makeLoop, async (loop) => {
      const factory = vi.fn(() => new DatagramRecorder());
      for (const options of [undefined, {}, { localAddr: null, remoteAddr: null }]) {
        const error = await errorOf(loop.createDatagramEndpoint(factory, options));
        expect(`${error.name}: ${error.message}`).toBe('ValueError: unexpected address family');
      }
      expect(factory).not.toHaveBeenCalled();
      const [server, received] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: [HOST, 0],
      });
      const [client] = await loop.createDatagramEndpoint(factory, { family: AF_INET });
      expect(sockname(client)).toEqual(['0.0.0.0', 0]);
      client.sendto(bytes('hello'), sockname(server));
      expect(await received.events(2)).toEqual(['made', 'data hello']);
      client.close();
      server.close();
    });
  });

  it('UDP-006 UDP-007 UDP-013 UDP-017 refuses addresses and options that do not fit', async () => {
    const before = openSockets();
    await inLoop(makeLoop, async (loop) => {
      const factory = vi.fn(() => new DatagramRecorder());
      const refusal = async (options: object): Promise<string> => {
        const error = await errorOf(loop.createDatagramEndpoint(factory, options));
        return `${error.name}: ${error.message}`;
      };
      for (const address of ['/tmp/x', [HOST], [HOST, 0, 0, 0], 5]) {
        for (const name of ['localAddr', 'remoteAddr']) {
          expect(await refusal({ [name]: address })).toContain('TypeError: 2-tuple is expected');
        }
      }
      expect(await refusal({ localAddr: [HOST, 0], remoteAddr: ['::1', 9] })).toBe(
        'ValueError: can not get address information',
      );
      for (const address of [[HOST, 0], bytes('/tmp/x')]) {
        expect(await refusal({ family: AF_UNIX, localAddr: address })).toContain(
          'TypeError: string is expected',
        );
      }
      expect(await refusal({ localAddr: [HOST, 0], reuseAddress: true })).toContain(
        'TypeError: createDatagramEndpoint() has no option "reuseAddress"',
      );
      expect(factory).not.toHaveBeenCalled();
    });
    expect(openSockets()).toEqual(before);
  });

  it('UDP-008 looks up names only, and needs an address', async () => {
    await inLoop(makeLoop, async (loop) => {
      const resolver = resolveTo(loop, []);
      const [transport] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: [HOST, 0],
      });
      transport.close();
      expect(resolver).not.toHaveBeenCalled();
      const error = await errorOf(
        loop.createDatagramEndpoint(() => new DatagramRecorder(), { remoteAddr: ['nowhere', 9] }),
      );
      expect(error.name).toBe('OSError');
      expect(error.message).toBe("getaddrinfo('nowhere') returned empty list");
    });
  });

  it('UDP-009 tries one address after another, and reports the first failure', async () => {
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      // An address of documentation: nobody has it.
      const refused: AddressInfo = [AF_INET, SOCK_DGRAM, IPPROTO_UDP, '', ['192.0.2.1', 0]];
      resolveTo(loop, [refused, [AF_INET6, SOCK_DGRAM, IPPROTO_UDP, '', ['::1', 0, 0, 0]]]);
      const [transport, protocol] = await loop.createDatagramEndpoint(
        () => new DatagramRecorder(),
        { localAddr: ['somewhere', 0] },
      );
      expect(sockname(transport)).toEqual(['::1', portOf(transport), 0, 0]);
      transport.close();
      await protocol.lost;
      resolveTo(loop, [refused, [AF_INET6, SOCK_DGRAM, IPPROTO_UDP, '', ['2001:db8::1', 0, 0, 0]]]);
      const factory = vi.fn(() => new DatagramRecorder());
      const error = await errorOf(
        loop.createDatagramEndpoint(factory, { localAddr: ['somewhere', 0] }),
      );
      expect(error).toMatchObject({
        code: 'EADDRNOTAVAIL',
        syscall: 'bind',
        address: '192.0.2.1',
      });
      expect(factory).not.toHaveBeenCalled();
      expect(openSockets()).toEqual(before);
    });
  });

  it('UDP-010 UDP-011 UDP-013 sets options if it shall, and only then', async () => {
    await inLoop(makeLoop, async (loop) => {
      const optionsOf = async (options: object): Promise<number[]> => {
        const [transport] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          localAddr: [HOST, 0],
          ...options,
        });
        const socket = transport.getExtraInfo('socket')!;
        transport.close();
        return [SO_REUSEADDR, SO_REUSEPORT, SO_BROADCAST].map((option) =>
          Math.sign(socket.getsockopt(SOL_SOCKET, option)),
        );
      };
      expect(await optionsOf({})).toEqual([0, 0, 0]);
      expect(await optionsOf({ reusePort: false, allowBroadcast: null })).toEqual([0, 0, 0]);
      expect(await optionsOf({ reusePort: true })).toEqual([0, 1, 0]);
      expect(await optionsOf({ allowBroadcast: true })).toEqual([0, 0, 1]);
    });
  });

  it('UDP-012 does not connect a socket for broadcasts, and remembers the address', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [server, received] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: [HOST, 0],
      });
      const remote = sockname(server) as [string, number];
      const [client] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        remoteAddr: remote,
        allowBroadcast: true,
      });
      expect(client.getExtraInfo('peername')).toBeNull();
      client.sendto(bytes('1'));
      client.sendto(bytes('2'), [...remote]);
      expect(() => client.sendto(bytes('3'), [HOST, 9])).toThrow(ValueError);
      expect(await received.events(3)).toEqual(['made', 'data 1', 'data 2']);
      client.close();
      server.close();
    });
  });

  it('UDP-015 UDP-016 takes a datagram socket, and nothing besides', async () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM);
    using stream = new Socket(AF_INET);
    await inLoop(makeLoop, async (loop) => {
      const refusal = async (options: object): Promise<string> => {
        const error = await errorOf(
          loop.createDatagramEndpoint(() => new DatagramRecorder(), options),
        );
        return `${error.name}: ${error.message}`;
      };
      const given = {
        localAddr: [HOST, 0],
        remoteAddr: [HOST, 1],
        family: AF_INET,
        proto: 1,
        flags: 1,
        reusePort: true,
        allowBroadcast: true,
      };
      for (const [name, value] of Object.entries(given)) {
        const message = await refusal({ sock: socket, [name]: value });
        expect(message).toContain(
          `ValueError: socket modifier keyword arguments can not be used when sock is specified. (${name}=`,
        );
        expect(message.split('=')).toHaveLength(2);
      }
      expect(await refusal({ sock: socket, family: 2, proto: 0, reusePort: true })).toContain(
        '(family=2, reusePort=true)',
      );
      expect(await refusal({ sock: stream })).toContain(
        'ValueError: A datagram socket was expected, got <Socket fd=',
      );
      expect(await refusal({ sock: 'x' })).toContain('TypeError: Expected sock to be a Socket');
      expect([socket.fileno(), stream.fileno()]).not.toContain(-1);
    });
  });

  it('UDP-017 UDP-018 exchanges datagrams by Unix sockets, and leaves the files', async () => {
    using folder = new TemporaryFolder();
    const path = folder.file('server');
    await inLoop(makeLoop, async (loop) => {
      for (const round of ['first', 'in the place of a stale socket']) {
        const [server, received] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
          localAddr: path,
        });
        const [client, answers] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
          localAddr: folder.file('client'),
          remoteAddr: path,
        });
        const [unnamed] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
        });
        client.sendto(bytes(round));
        await received.events(2);
        unnamed.sendto(bytes('from nobody'), path);
        await received.events(3);
        expect(received.texts).toEqual([round, 'from nobody']);
        expect(received.senders).toEqual([folder.file('client'), '']);
        server.sendto(bytes('answer'), received.senders[0]);
        await answers.events(2);
        expect([answers.texts, answers.senders]).toEqual([['answer'], [path]]);
        for (const each of [server, client, unnamed]) each.close();
        await received.lost;
        expect(statSync(path).isSocket()).toBe(true);
      }
      const file = folder.file('file');
      writeFileSync(file, 'precious');
      const before = openSockets();
      const error = await errorOf(
        loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
          localAddr: file,
        }),
      );
      expect([error.code, existsSync(file)]).toEqual(['EADDRINUSE', true]);
      expect(openSockets()).toEqual(before);
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'UDP-018 takes an abstract name (needs Linux)',
    async () => {
      await inLoop(makeLoop, async (loop) => {
        const name = `\0loop datagrams ${process.pid}`;
        const [server, received] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
          localAddr: name,
        });
        const [client] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
          family: AF_UNIX,
          remoteAddr: name,
        });
        client.sendto(bytes('x'));
        expect(await received.events(2)).toEqual(['made', 'data x']);
        client.close();
        server.close();
      });
    },
  );

  it('UDP-002 leaves nothing open when the factory throws or the caller is cancelled', async () => {
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      const options = { localAddr: [HOST, 0] } as const;
      const failing = loop.createDatagramEndpoint(() => {
        throw new ValueError('no protocol today');
      }, options);
      expect((await errorOf(failing)).message).toBe('no protocol today');
      expect(openSockets()).toEqual(before);
      const protocol = new DatagramRecorder();
      const task = loop.createTask(() => loop.createDatagramEndpoint(() => protocol, options));
      loop.callSoon(() => task.cancel());
      expect((await errorOf(task)).name).toBe('CancelledError');
      await protocol.lost;
      expect(openSockets()).toEqual(before);
      const refused = loop.createDatagramEndpoint(() => protocol, { family: 99 });
      expect((await errorOf(refused)).code).toBe('EAFNOSUPPORT');
      expect(openSockets()).toEqual(before);
    });
  });
});
