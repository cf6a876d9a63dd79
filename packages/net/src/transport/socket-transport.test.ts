import { readdirSync } from 'node:fs';
import { MessageChannel } from 'node:worker_threads';
import { type EventLoop, getRunningLoop, RuntimeError, ValueError } from '@loop/core';
import {
  AF_INET,
  AF_INET6,
  SHUT_WR,
  SO_RCVBUF,
  SO_SNDBUF,
  type Socket,
  SOCK_STREAM,
  SOL_SOCKET,
  socketpair,
  type Transport,
} from '@loop/net';
import { describe, expect, it } from 'vitest';
import { closedPort, inLoop, portOf } from '../../test/in-loop.ts';
import { BufferedRecorder, Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';

/** A transport on one end of a pair; the other end is the test's. */
async function withTransport(
  body: (transport: Transport, protocol: Recorder, peer: Socket, loop: EventLoop) => Promise<void>,
): Promise<void> {
  const loop = getRunningLoop();
  const [near, peer] = socketpair();
  using _ = peer;
  const options = { sock: near };
  const [transport, protocol] = await loop.createConnection(
    () => new Recorder(),
    null,
    null,
    options,
  );
  await body(transport, protocol, peer, loop);
  transport.abort();
  await protocol.lost;
}

/** Everything that `socket` receives up to the end. */
async function readAll(socket: Socket): Promise<Buffer> {
  const loop = getRunningLoop();
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = await loop.sockRecv(socket, 65536);
    if (chunk.length === 0) return Buffer.concat(chunks);
    chunks.push(chunk);
  }
}

const numbered = (length: number): Buffer => {
  const data = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) data.writeUInt32LE(i, i);
  return data;
};

describe.each(backends)('a transport on a socket, with %s', (_, makeLoop) => {
  const onTransport = (body: Parameters<typeof withTransport>[0]): Promise<void> =>
    inLoop(makeLoop, () => withTransport(body));

  it('TR-013 keeps a copy of what has to wait: the buffer may be used again', async () => {
    await onTransport(async (transport, protocol, peer) => {
      const data = numbered(4 << 20);
      const expected = Buffer.from(data);
      transport.write(data);
      expect(transport.getWriteBufferSize()).toBeGreaterThan(0);
      data.fill(0);
      const more = Buffer.from('the end');
      transport.write(more);
      more.fill(0);
      transport.writeEof();
      const received = await readAll(peer);
      expect(received.equals(Buffer.concat([expected, Buffer.from('the end')]))).toBe(true);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
    });
  });

  it('TR-014 TR-015 completes later what writelines() could not send, and pauses the protocol', async () => {
    await onTransport(async (transport, protocol, peer) => {
      const pieces = Array.from({ length: 500 }, (__, i) => numbered(i * 20));
      const all = Buffer.concat(pieces);
      transport.write(Buffer.from('first'));
      transport.writelines(pieces);
      expect(transport.getWriteBufferSize()).toBeGreaterThan(65536);
      for (const piece of pieces) piece.fill(0);
      transport.writelines(new Set([Buffer.from('last'), new Uint8Array([33])]));
      transport.writeEof();
      const received = await readAll(peer);
      expect(
        received.equals(Buffer.concat([Buffer.from('first'), all, Buffer.from('last!')])),
      ).toBe(true);
      expect(protocol.trace).toEqual(['made', 'pause', 'resume']);
    });
  });

  it('TR-031 PROTO-007 hands over at most 256 KiB at a time, in memory that is not used again', async () => {
    await onTransport(async (transport, protocol, peer, loop) => {
      peer.setsockopt(SOL_SOCKET, SO_SNDBUF, 4 << 20);
      transport.getExtraInfo('socket')!.setsockopt(SOL_SOCKET, SO_RCVBUF, 4 << 20);
      const data = numbered(3 << 20);
      const sent = loop.sockSendall(peer, data);
      // The protocol keeps every chunk; later reads must not show in them.
      const received = await protocol.bytes(data.length);
      await sent;
      expect(received.equals(data)).toBe(true);
      for (const chunk of protocol.chunks) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
      }
      // Nor can one be taken away together with others that share its memory.
      const { port1, port2 } = new MessageChannel();
      const [chunk, other] = protocol.chunks;
      try {
        port1.postMessage(null, [chunk!.buffer as ArrayBuffer]);
      } catch {
        // Newer versions of Node refuse, older ones ignore it.
      }
      expect(other!.length).toBeGreaterThan(0);
      port1.close();
      port2.close();
    });
  });

  it('TR-033 loses nothing that arrives while it is paused, and notices the end afterwards', async () => {
    await onTransport(async (transport, protocol, peer, loop) => {
      transport.pauseReading();
      peer.send(Buffer.from('while paused'));
      peer.shutdown(SHUT_WR);
      // Enough iterations for the selector to be asked more than once.
      for (let turn = 0; turn < 3; turn += 1) await loop.getaddrinfo('127.0.0.1', 1);
      expect(protocol.trace).toEqual(['made']);
      transport.resumeReading();
      await protocol.lost;
      expect(protocol.trace).toEqual(['made', 'data', 'eof', 'lost']);
      expect(protocol.received.toString()).toBe('while paused');
    });
  });

  it('TR-010 frees descriptors when the loop is closed, and calls nobody', async () => {
    const before = openDescriptors();
    const loop = makeLoop();
    const protocols: Recorder[] = [];
    const made = (): Recorder => {
      const protocol = new Recorder(loop);
      protocols.push(protocol);
      return protocol;
    };
    const [near, far] = socketpair();
    const [transport, server] = await loop.runUntilComplete(async () => {
      const [transport] = await loop.createConnection(made, null, null, { sock: near });
      const server = await loop.createServer(made, '127.0.0.1', 0);
      const [, client] = await loop.createConnection(made, '127.0.0.1', portOf(server));
      client.transport.write(Buffer.from('x'));
      await protocols.at(-1)!.bytes(protocols.at(-1) === client ? 0 : 1);
      transport.write(Buffer.alloc(1 << 20));
      return [transport, server] as const;
    });
    loop.close();
    far.close();
    expect(openDescriptors()).toEqual(before);
    for (const protocol of protocols) {
      expect(protocol.trace.filter((entry) => entry.startsWith('lost'))).toEqual([]);
    }
    expect(transport.isClosing()).toBe(true);
    expect(near.fileno()).toBe(-1);
    transport.write(Buffer.from('nowhere'));
    transport.close();
    transport.abort();
    server.close();
  });

  it('TR-039 TR-040 tells the socket and its addresses, also of IPv6 and afterwards', async () => {
    await inLoop(makeLoop, async (loop) => {
      for (const [host, family] of [
        ['127.0.0.1', AF_INET],
        ['::1', AF_INET6],
      ] as const) {
        const accepted: Recorder[] = [];
        await using server = await loop.createServer(
          () => {
            accepted.push(new Recorder());
            return accepted.at(-1)!;
          },
          host,
          0,
        );
        const [transport, client] = await loop.createConnection(
          () => new Recorder(),
          host,
          portOf(server),
        );
        const port = portOf(server);
        const local = transport.getExtraInfo('sockname') as readonly unknown[];
        const rest = family === AF_INET6 ? [0, 0] : [];
        expect(transport.getExtraInfo('peername')).toEqual([host, port, ...rest]);
        expect(local).toEqual([host, expect.any(Number), ...rest]);
        const socket = transport.getExtraInfo('socket')!;
        expect([socket.family, socket.type]).toEqual([family, SOCK_STREAM]);
        client.transport.write(Buffer.from('x'));
        const there = await accepted[0]!.made;
        expect(there.getExtraInfo('peername')).toEqual(local);
        expect(there.getExtraInfo('sockname')).toEqual([host, port, ...rest]);
        transport.close();
        await client.lost;
        await accepted[0]!.lost;
        expect(transport.getExtraInfo('peername')).toEqual([host, port, ...rest]);
        expect(transport.getExtraInfo('sockname')).toEqual(local);
        expect(socket.fileno()).toBe(-1);
        expect(transport.getExtraInfo('peercert', 'none')).toBe('none');
      }
      const [near, far] = socketpair();
      const [pair] = await loop.createConnection(() => new Recorder(), null, null, { sock: near });
      expect([pair.getExtraInfo('sockname'), pair.getExtraInfo('peername')]).toEqual(['', '']);
      pair.abort();
      far.close();
    });
  });

  it('PROTO-003 shows a protocol neither a beginning nor an end when it cannot be set up', async () => {
    await inLoop(makeLoop, async (loop) => {
      const protocols: Recorder[] = [];
      const make = (): Recorder => {
        protocols.push(new Recorder());
        return protocols.at(-1)!;
      };
      using closed = closedPort();
      await expect(loop.createConnection(make, '127.0.0.1', closed.port)).rejects.toThrow(
        'Connect call failed',
      );
      const [near, far] = socketpair();
      const [owner] = await loop.createConnection(() => new Recorder(), null, null, { sock: near });
      await expect(loop.createConnection(make, null, null, { sock: near })).rejects.toThrow(
        'is used by transport',
      );
      expect(protocols.map(({ trace }) => trace)).toEqual(protocols.map(() => []));
      owner.abort();
      far.close();
    });
  });

  it('PROTO-009 fills the buffer of a protocol round by round, to the last byte', async () => {
    await inLoop(makeLoop, async (loop) => {
      const [near, far] = socketpair();
      const [, protocol] = await loop.createConnection(() => new BufferedRecorder(4), null, null, {
        sock: near,
      });
      far.send(Buffer.from('123456'));
      far.close();
      expect(await protocol.lost).toBeNull();
      expect(protocol.received.toString()).toBe('123456');
      expect(protocol.trace.filter((entry) => entry.startsWith('updated'))).toEqual([
        'updated 4',
        'updated 2',
      ]);
    });
  });

  it('PROTO-011 ends with the error of a protocol that has no buffer to give', async () => {
    await inLoop(makeLoop, async (loop) => {
      const messages: unknown[] = [];
      loop.setExceptionHandler((__, context) => messages.push(context.message));
      const [near, far] = socketpair();
      const [, protocol] = await loop.createConnection(() => new BufferedRecorder(0), null, null, {
        sock: near,
      });
      far.send(Buffer.from('1'));
      expect(await protocol.lost).toBeInstanceOf(RuntimeError);
      expect(messages).toEqual(['Fatal error: protocol.get_buffer() call failed.']);
      far.close();
    });
  });

  it('TR-036 hears of a reset', async () => {
    await inLoop(makeLoop, async (loop) => {
      const accepted = loop.createFuture<Recorder>();
      await using server = await loop.createServer(
        () => {
          const protocol = new Recorder();
          accepted.setResult(protocol);
          return protocol;
        },
        '127.0.0.1',
        0,
      );
      const [transport] = await loop.createConnection(
        () => new Recorder(),
        '127.0.0.1',
        portOf(server),
      );
      // What nobody reads makes the kernel answer the close with a reset.
      const there = await (await accepted).made;
      transport.pauseReading();
      there.write(Buffer.alloc(1000));
      await loop.getaddrinfo('127.0.0.1', 1);
      transport.abort();
      const error = await (await accepted).lost;
      expect(error).toMatchObject({ code: 'ECONNRESET' });
      expect((await accepted).trace).toEqual(['made', 'lost ECONNRESET']);
    });
  });
});

describe('the socket of a transport', () => {
  it('TR-041 TR-042 is a view without what is the transport’s', async () => {
    await inLoop(backends[0]![1], async (loop) => {
      await withTransport(async (transport, __, peer) => {
        const socket = transport.getExtraInfo('socket')!;
        expect(socket.getsockopt(SOL_SOCKET, SO_SNDBUF)).toBeGreaterThan(0);
        expect([socket.gettimeout(), socket.getblocking(), socket.getInheritable()]).toEqual([
          0,
          false,
          false,
        ]);
        socket.settimeout(0);
        socket.setblocking(false);
        expect(() => socket.settimeout(1)).toThrow(ValueError);
        expect(() => socket.settimeout(null)).toThrow(
          'only 0 timeout is allowed on transport sockets',
        );
        expect(() => socket.setblocking(true)).toThrow('transport sockets cannot be blocking');
        for (const method of [
          'close',
          'recv',
          'send',
          'accept',
          'bind',
          'connect',
          'listen',
          'detach',
        ]) {
          expect(method in socket).toBe(false);
        }
        using second = socket.dup();
        expect(second.fileno()).not.toBe(socket.fileno());
        socket.shutdown(SHUT_WR);
        expect((await loop.sockRecv(peer, 1)).length).toBe(0);
        expect(String(socket)).toContain('TransportSocket');
      });
    });
  });
});

function openDescriptors(): string[] | null {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd') : null;
}
