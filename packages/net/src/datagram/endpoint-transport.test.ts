import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type EventLoop, KeyboardInterrupt, sleep, ValueError } from '@loop/core';
import {
  AF_INET,
  AF_UNIX,
  type DatagramTransport,
  SO_SNDBUF,
  SOCK_DGRAM,
  Socket,
  socketpair,
  SOL_SOCKET,
  type SocketAddress,
} from '@loop/net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collectReports } from '../../test/collect-reports.ts';
import { DatagramRecorder } from '../../test/datagram-recorder.ts';
import { dnsAnswer } from '../../test/dns-answer.ts';
import { errorOf } from '../../test/error-of.ts';
import { inLoop } from '../../test/in-loop.ts';
import { isInstalled } from '../../test/is-installed.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { backends, selectorLoops } from '../../test/backends.ts';
import { DatagramReceiver } from './datagram-receiver.ts';

const HOST = '127.0.0.1';
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const addressOf = (transport: DatagramTransport): [string, number] =>
  transport.getExtraInfo('sockname') as [string, number];

/** An endpoint on a free port of this host. */
async function listening<P extends DatagramRecorder>(loop: EventLoop, make: () => P): Promise<P> {
  const [, protocol] = await loop.createDatagramEndpoint(make, { localAddr: [HOST, 0] });
  return protocol;
}

/** An endpoint on one end of a pair of Unix sockets, whose other end takes little. */
async function narrow(
  loop: EventLoop,
): Promise<{ transport: DatagramTransport; protocol: DatagramRecorder; far: Socket }> {
  const [near, far] = socketpair(AF_UNIX, SOCK_DGRAM);
  near.setsockopt(SOL_SOCKET, SO_SNDBUF, 20_000);
  const [transport, protocol] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
    sock: near,
  });
  return { transport, protocol, far };
}

/** Sends datagrams of 1000 bytes that begin with their number, until 100 have to wait. */
function overfill(transport: DatagramTransport, waiting = 100): number {
  let sent = 0;
  const buffer = Buffer.alloc(1000);
  while (transport.getWriteBufferSize() < waiting * 1008) {
    buffer.fill(0).write(String(sent));
    transport.sendto(buffer);
    sent += 1;
  }
  buffer.fill(0);
  return sent;
}

/** The numbers of the datagrams that have arrived at `socket`. */
function arrived(socket: Socket): number[] {
  const numbers: number[] = [];
  for (;;) {
    try {
      numbers.push(Number.parseInt(socket.recv(2000).toString(), 10));
    } catch {
      return numbers;
    }
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

afterEach(() => vi.restoreAllMocks());

describe.each(backends)('datagrams with %s', (_, makeLoop) => {
  it('UDP-020 UDP-021 sends bytes at once, also none', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new DatagramRecorder());
      using far = new Socket(AF_INET, SOCK_DGRAM);
      far.bind([HOST, 0]);
      for (const text of ['one', '', 'three']) {
        expect(server.transport.sendto(bytes(text), far.getsockname())).toBeUndefined();
        expect(far.recvfrom(100)).toEqual([bytes(text), addressOf(server.transport)]);
      }
      far.sendto(Buffer.alloc(0), addressOf(server.transport));
      expect(await server.events(2)).toEqual(['made', 'data ']);
      expect(server.senders).toEqual([far.getsockname()]);
      for (const [data, type] of [
        ['text', 'string'],
        [null, 'null'],
        [5, 'number'],
      ] as const) {
        expect(() => server.transport.sendto(data as never, far.getsockname())).toThrow(
          new TypeError(`data argument must be a bytes-like object, not '${type}'`),
        );
      }
      server.transport.close();
    });
  });

  it('UDP-022 sends to the remote address only', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new DatagramRecorder());
      const remote = addressOf(server.transport);
      const [client] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        remoteAddr: remote,
      });
      client.sendto(bytes('1'));
      client.sendto(bytes('2'), null);
      client.sendto(bytes('3'), [...remote]);
      expect(() => client.sendto(bytes('4'), [HOST, 9])).toThrow(ValueError);
      expect(() => client.sendto(bytes('4'), [HOST, 9])).toThrow(
        `Invalid address: must be None or ('127.0.0.1', ${remote[1]}), got ('127.0.0.1', 9)`,
      );
      await server.events(4);
      expect(server.texts).toEqual(['1', '2', '3']);
      client.close();
      server.transport.close();
    });
  });

  it('UDP-023 UDP-030 loses an endpoint that is given no address, or one of no use', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const address of [undefined, null, '/a/path', [HOST], ['not.numeric', 1]]) {
        const reports = collectReports(loop);
        const protocol = await listening(loop, () => new DatagramRecorder());
        const { transport } = protocol;
        transport.sendto(bytes('x'), address as SocketAddress);
        expect(transport.isClosing()).toBe(true);
        const error = await protocol.lost;
        expect(protocol.trace).toEqual(['made', `lost ${error?.name}`]);
        expect(['TypeError', 'ValueError']).toContain(error?.name);
        expect(reports).toEqual([
          {
            message: 'Fatal write error on datagram transport',
            exception: error,
            transport,
            protocol,
          },
        ]);
      }
    });
  });

  it('UDP-024 sends to the peer of a connected socket, whatever address is given', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new DatagramRecorder());
      const socket = new Socket(AF_INET, SOCK_DGRAM);
      socket.connect(addressOf(server.transport));
      const [client] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        sock: socket,
      });
      expect(client.getExtraInfo('peername')).toEqual(addressOf(server.transport));
      client.sendto(bytes('1'));
      client.sendto(bytes('2'), [HOST, 9]);
      await server.events(3);
      expect(server.texts).toEqual(['1', '2']);
      client.close();
      server.transport.close();
    });
  });

  it('UDP-025 UDP-026 keeps what cannot be sent, in order, and says when to pause', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { transport, protocol, far } = await narrow(loop);
      expect(transport.getWriteBufferLimits()).toEqual([16384, 65536]);
      const sent = overfill(transport);
      expect(sent).toBeGreaterThan(100);
      expect(transport.getWriteBufferSize()).toBe(100 * 1008);
      expect(protocol.trace).toEqual(['made', 'pause']);
      const numbers: number[] = [];
      while (transport.getWriteBufferSize() > 0) {
        numbers.push(...arrived(far));
        await sleep(0);
      }
      numbers.push(...arrived(far));
      expect(numbers).toEqual(upTo(sent));
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
      transport.setWriteBufferLimits(0);
      overfill(transport, 1);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume', 'pause']);
      transport.abort();
      await protocol.lost;
      far.close();
    });
  });

  it('UDP-025 UDP-028 reports what cannot be sent later either, and goes on', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { transport, protocol, far } = await narrow(loop);
      const sent = overfill(transport, 3);
      transport.sendto(Buffer.alloc(100_000));
      transport.sendto(bytes('last'));
      const texts: string[] = [];
      while (texts.at(-1) !== 'last') {
        await sleep(0);
        for (;;) {
          try {
            texts.push(far.recv(2000).toString().replaceAll('\0', ''));
          } catch {
            break;
          }
        }
      }
      expect(texts).toEqual([...upTo(sent).map(String), 'last']);
      expect(protocol.trace).toEqual(['made', 'pause', 'error EMSGSIZE', 'resume']);
      transport.close();
      far.close();
    });
  });

  it('UDP-027 delivers each datagram by itself, with its sender, large ones too', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new DatagramRecorder());
      const senders = [new Socket(AF_INET, SOCK_DGRAM), new Socket(AF_INET, SOCK_DGRAM)] as const;
      for (const socket of senders) socket.bind([HOST, 0]);
      let expected = 1;
      // By ones, twos, and batches longer than one call takes.
      for (const count of [1, 1, 1, 2, 1, 70, 1, 1, 1, 1, 1, 1, 50]) {
        for (let index = 0; index < count; index += 1) {
          const data = bytes(`${expected} ${'.'.repeat(index)}`);
          senders[expected % 2]!.sendto(data, addressOf(server.transport));
          expected += 1;
        }
        await server.events(expected);
      }
      expect(server.texts.map((text) => Number.parseInt(text, 10))).toEqual(
        upTo(expected).slice(1),
      );
      expect(server.senders).toEqual(
        upTo(expected)
          .slice(1)
          .map((number) => senders[number % 2]!.getsockname()),
      );
      const large = Buffer.alloc(65_000, 'x');
      senders[0].sendto(large, addressOf(server.transport));
      await server.events(expected + 1);
      expect(server.texts.at(-1)).toHaveLength(65_000);
      for (const socket of senders) socket.close();
      server.transport.close();

      const [near, far] = socketpair(AF_UNIX, SOCK_DGRAM);
      const [transport, protocol] = await loop.createDatagramEndpoint(
        () => new DatagramRecorder(),
        { sock: near },
      );
      far.send(Buffer.alloc(100_000, 'y'));
      far.send(Buffer.alloc(0));
      await protocol.events(3);
      expect(protocol.texts.map((text) => text.length)).toEqual([100_000, 0]);
      transport.close();
      far.close();
    });
  });

  it('UDP-020 UDP-026 answers a batch in order, from a buffer that is used again', async () => {
    class Answer extends DatagramRecorder {
      readonly #buffer = Buffer.alloc(10);

      override datagramReceived(data: Buffer, address: SocketAddress): void {
        this.#buffer.fill(0).write(data.toString());
        this.transport.sendto(this.#buffer, address);
        this.#buffer.fill(0);
        this.note(`buffered ${this.transport.getWriteBufferSize()}`);
      }
    }
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new Answer());
      using client = new Socket(AF_INET, SOCK_DGRAM);
      client.bind([HOST, 0]);
      for (let number = 0; number < 90; number += 1) {
        client.sendto(bytes(String(number)), addressOf(server.transport));
      }
      await server.events(91);
      await sleep(0);
      expect(arrived(client)).toEqual(upTo(90));
      expect(new Set(server.trace)).toEqual(new Set(['made', 'buffered 0']));
      server.transport.close();
    });
  });

  it('UDP-026 pauses when the replies to a batch cannot be sent', async () => {
    class Loud extends DatagramRecorder {
      override datagramReceived(data: Buffer): void {
        this.transport.sendto(Buffer.alloc(10_000, data));
      }
    }
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair(AF_UNIX, SOCK_DGRAM);
      near.setsockopt(SOL_SOCKET, SO_SNDBUF, 20_000);
      for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) far.send(bytes(text));
      const [transport, protocol] = await loop.createDatagramEndpoint(() => new Loud(), {
        sock: near,
      });
      transport.setWriteBufferLimits(20_000);
      await protocol.events(2);
      const received: string[] = [];
      while (received.length < 7) {
        await sleep(0);
        try {
          received.push(far.recv(20_000).toString('latin1', 0, 1));
        } catch {
          // Not yet.
        }
      }
      expect(received.join('')).toBe('abcdefg');
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
      transport.close();
      far.close();
    });
  });

  it('UDP-028 tells of errors, and stays open', async () => {
    await inLoop(makeLoop, async (loop) => {
      using closed = new Socket(AF_INET, SOCK_DGRAM);
      closed.bind([HOST, 0]);
      const remoteAddr = closed.getsockname() as [string, number];
      closed.close();
      const [client, protocol] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        remoteAddr,
      });
      client.sendto(bytes('nobody there'));
      expect(await protocol.events(2)).toEqual(['made', 'error ECONNREFUSED']);
      client.sendto(Buffer.alloc(70_000));
      expect((await protocol.events(3)).at(-1)).toBe('error EMSGSIZE');
      expect(protocol.errors.map((error) => error.name)).toEqual(['OSError', 'OSError']);
      using server = new Socket(AF_INET, SOCK_DGRAM);
      server.bind(remoteAddr);
      client.sendto(bytes('hello'));
      expect(server.recv(100)).toEqual(bytes('hello'));
      server.sendto(bytes('hi'), addressOf(client));
      await protocol.events(4);
      expect(protocol.texts).toEqual(['hi']);
      expect(client.isClosing()).toBe(false);
      client.close();
    });
  });

  it('UDP-028 tells of port 0, which nobody has', async () => {
    await inLoop(makeLoop, async (loop) => {
      const client = await listening(loop, () => new DatagramRecorder());
      client.transport.sendto(bytes('nobody'), [HOST, 0]);
      expect(await client.events(2)).toEqual(['made', 'error EINVAL']);
      expect(client.transport.isClosing()).toBe(false);
      client.transport.close();
    });
  });

  it('UDP-029 does not mind a dead port', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new DatagramRecorder());
      using closed = new Socket(AF_INET, SOCK_DGRAM);
      closed.bind([HOST, 0]);
      const dead = closed.getsockname();
      closed.close();
      using client = new Socket(AF_INET, SOCK_DGRAM);
      client.bind([HOST, 0]);
      server.transport.sendto(bytes('lost'), dead);
      server.transport.sendto(bytes('arrives'), client.getsockname());
      expect(client.recv(100)).toEqual(bytes('arrives'));
      client.sendto(bytes('back'), addressOf(server.transport));
      expect(await server.events(2)).toEqual(['made', 'data back']);
      server.transport.close();
    });
  });

  it.each([1, 3])('UDP-031 survives a protocol that throws (batches of %i)', async (size) => {
    class Throwing extends DatagramRecorder {
      override datagramReceived(data: Buffer, address: SocketAddress): void {
        super.datagramReceived(data, address);
        if (data.toString() !== '1') throw new ValueError(`no ${data.toString()}`);
      }
    }
    await inLoop(makeLoop, async (loop) => {
      const reports = collectReports(loop);
      const protocol = await listening(loop, () => new Throwing());
      using client = new Socket(AF_INET, SOCK_DGRAM);
      for (let number = 0; number < 6; number += 1) {
        client.sendto(bytes(String(number)), addressOf(protocol.transport));
        if (number % size === size - 1) await protocol.events(number + 2);
      }
      await sleep(0);
      expect(protocol.texts).toEqual(['0', '1', '2', '3', '4', '5']);
      expect(protocol.transport.isClosing()).toBe(false);
      expect(reports.map(({ exception }) => (exception as Error).message)).toEqual(
        [0, 2, 3, 4, 5].map((number) => `no ${number}`),
      );
      for (const { message } of reports) expect(message).toMatch(/^Exception in callback /);
      protocol.transport.close();
    });
  });

  it('UDP-032 sends what waits before it is lost; abort() drops it', async () => {
    await inLoop(makeLoop, async (loop) => {
      const before = openSockets();
      const closing = await narrow(loop);
      const sent = overfill(closing.transport, 10);
      closing.transport.close();
      closing.transport.close();
      expect(closing.transport.isClosing()).toBe(true);
      for (let turn = 0; turn < 3; turn += 1) await sleep(0);
      expect(closing.protocol.trace).toEqual(['made']);
      const numbers: number[] = [];
      while (!closing.protocol.lost.done()) {
        numbers.push(...arrived(closing.far));
        await sleep(0);
      }
      numbers.push(...arrived(closing.far));
      expect(numbers).toEqual(upTo(sent));
      expect(closing.protocol.trace).toEqual(['made', 'lost']);
      closing.far.close();

      const aborting = await narrow(loop);
      overfill(aborting.transport, 10);
      aborting.transport.close();
      aborting.transport.abort();
      aborting.transport.abort();
      expect(aborting.transport.getWriteBufferSize()).toBe(0);
      expect(await aborting.protocol.lost).toBeNull();
      await sleep(0);
      expect(aborting.protocol.trace).toEqual(['made', 'lost']);
      expect(aborting.transport.getProtocol()).toBeNull();
      aborting.far.close();
      expect(openSockets()).toEqual(before);
    });
  });

  it.each(['close', 'abort'] as const)(
    'UDP-032 sends what was sent before %s() in a batch, and delivers nothing after it',
    async (end) => {
      class Ending extends DatagramRecorder {
        override datagramReceived(data: Buffer, address: SocketAddress): void {
          super.datagramReceived(data, address);
          this.transport.sendto(data, address);
          if (data.toString() === '1') this.transport[end]();
        }
      }
      await inLoop(makeLoop, async (loop) => {
        const protocol = await listening(loop, () => new Ending());
        using client = new Socket(AF_INET, SOCK_DGRAM);
        client.bind([HOST, 0]);
        for (const text of ['0', '1', '2']) {
          client.sendto(bytes(text), addressOf(protocol.transport));
        }
        expect(await protocol.lost).toBeNull();
        expect(protocol.trace).toEqual(['made', 'data 0', 'data 1', 'lost']);
        expect(arrived(client)).toEqual([0, 1]);
      });
    },
  );

  it('UDP-033 drops what is sent after close(), with a warning from the fifth time on', async () => {
    await inLoop(makeLoop, async (loop) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      const server = await listening(loop, () => new DatagramRecorder());
      const [client, protocol] = await loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        remoteAddr: addressOf(server.transport),
      });
      const unconnected = await listening(loop, () => new DatagramRecorder());
      client.close();
      unconnected.transport.close();
      for (let count = 0; count < 4; count += 1) client.sendto(bytes('x'));
      await protocol.lost;
      await unconnected.lost;
      expect(warn).not.toHaveBeenCalled();
      client.sendto(bytes('x'));
      client.sendto(bytes('x'));
      expect(warn.mock.calls).toEqual([
        ['socket.send() raised exception.'],
        ['socket.send() raised exception.'],
      ]);
      unconnected.transport.sendto(bytes('x'), addressOf(server.transport));
      using probe = new Socket(AF_INET, SOCK_DGRAM);
      probe.sendto(bytes('probe'), addressOf(server.transport));
      expect(await server.events(2)).toEqual(['made', 'data probe']);
      server.transport.close();
    });
  });

  it('UDP-031 leaves the run on an exit, the rest of a batch for the next one', async () => {
    class Interrupted extends DatagramRecorder {
      override datagramReceived(data: Buffer, address: SocketAddress): void {
        super.datagramReceived(data, address);
        if (data.toString() === '0') throw new KeyboardInterrupt();
      }
    }
    const loop = makeLoop();
    const socket = new Socket(AF_INET, SOCK_DGRAM);
    socket.bind([HOST, 0]);
    using client = new Socket(AF_INET, SOCK_DGRAM);
    for (const text of ['0', '1', '2']) client.sendto(bytes(text), socket.getsockname());
    const protocol = new Interrupted(loop);
    const run = loop.runUntilComplete(async () => {
      await loop.createDatagramEndpoint(() => protocol, { sock: socket });
      await protocol.events(3);
    });
    expect((await errorOf(run)).name).toBe('KeyboardInterrupt');
    await loop.runUntilComplete(() => protocol.events(4));
    expect(protocol.texts).toEqual(['0', '1', '2']);
    await loop.runUntilComplete(async () => {
      protocol.transport.close();
      await protocol.lost;
    });
    loop.close();
  });

  it.skipIf(!isInstalled('dig'))('UDP-027 answers dig by a small DNS (needs dig)', async () => {
    class Dns extends DatagramRecorder {
      override datagramReceived(query: Buffer, address: SocketAddress): void {
        this.transport.sendto(dnsAnswer(query), address);
      }
    }
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new Dns());
      const [host, port] = addressOf(server.transport);
      const options = ['+short', '+noedns', '+notcp', '+tries=1'];
      const dig = spawn('dig', [`@${host}`, '-p', `${port}`, ...options, 'loop.example', 'A']);
      const output: Buffer[] = [];
      dig.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      const [status] = (await once(dig, 'close')) as [number];
      expect([status, Buffer.concat(output).toString()]).toEqual([0, '192.0.2.7\n']);
      server.transport.close();
    });
  });

  it.skipIf(!isInstalled('socat'))('UDP-027 answers socat (needs socat)', async () => {
    class Shout extends DatagramRecorder {
      override datagramReceived(data: Buffer, address: SocketAddress): void {
        this.transport.sendto(bytes(data.toString().toUpperCase()), address);
      }
    }
    await inLoop(makeLoop, async (loop) => {
      const server = await listening(loop, () => new Shout());
      const [host, port] = addressOf(server.transport);
      const socat = spawn('socat', ['-', `UDP:${host}:${port}`]);
      const output: Buffer[] = [];
      socat.stdout.on('data', (chunk: Buffer) => {
        output.push(chunk);
        socat.kill();
      });
      socat.stdin.write('by socat\n');
      await once(socat, 'close');
      expect(Buffer.concat(output).toString()).toBe('BY SOCAT\n');
      server.transport.close();
    });
  });
});

/** A program of the fixtures, on the sources. */
function start(name: string, ...args: readonly string[]): ReturnType<typeof spawn> {
  const file = fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));
  const flags = ['--import', 'tsx', '--conditions=@loop/source'];
  return spawn(process.execPath, [...flags, file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

describe('between processes', () => {
  it('UDP-010 shares a port with another process', async () => {
    class Answer extends DatagramRecorder {
      override datagramReceived(_: Buffer, address: SocketAddress): void {
        this.transport.sendto(bytes('parent'), address);
      }
    }
    await inLoop(backends[0]![1], async (loop) => {
      const [transport] = await loop.createDatagramEndpoint(() => new Answer(), {
        localAddr: [HOST, 0],
        reusePort: true,
      });
      const [, port] = addressOf(transport);
      const refused = loop.createDatagramEndpoint(() => new DatagramRecorder(), {
        localAddr: [HOST, port],
      });
      expect(await errorOf(refused)).toMatchObject({ code: 'EADDRINUSE' });
      const child = start('shares-port.ts', String(port));
      const closed = once(child, 'close');
      await once(child.stdout!, 'data');
      const clients = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const [client, protocol] = await loop.createDatagramEndpoint(
            () => new DatagramRecorder(),
            { remoteAddr: [HOST, port] },
          );
          client.sendto(bytes('who?'));
          await protocol.events(2);
          client.close();
          return protocol.texts[0];
        }),
      );
      expect(new Set(clients)).toEqual(new Set(['parent', 'child']));
      child.stdin!.end();
      expect(await closed).toEqual([0, null]);
      transport.close();
    });
  });

  it('UDP-020 sends what was sent before the process ends', async () => {
    await inLoop(backends[0]![1], async (loop) => {
      const protocol = await listening(loop, () => new DatagramRecorder());
      const child = start('answers-and-exits.ts', String(addressOf(protocol.transport)[1]));
      expect(await once(child, 'close')).toEqual([7, null]);
      expect(await protocol.events(2)).toEqual(['made', 'data farewell']);
      protocol.transport.close();
    });
  });
});

describe.each(selectorLoops)('receiving by a selector: %s', (_, makeLoop) => {
  it.each(['receive', 'data'] as const)(
    'UDP-030 is lost by an error that is none of the system (%s)',
    async (method) => {
      await inLoop(makeLoop, async (loop) => {
        const reports = collectReports(loop);
        const protocol = await listening(loop, () => new DatagramRecorder());
        const { transport } = protocol;
        const exception = new RangeError('Array buffer allocation failed');
        vi.spyOn(DatagramReceiver.prototype, method).mockImplementationOnce(() => {
          throw exception;
        });
        using client = new Socket(AF_INET, SOCK_DGRAM);
        client.sendto(bytes('x'), addressOf(transport));
        expect(await protocol.lost).toBe(exception);
        expect(reports).toEqual([
          { message: 'Fatal read error on datagram transport', exception, transport, protocol },
        ]);
      });
    },
  );
});
