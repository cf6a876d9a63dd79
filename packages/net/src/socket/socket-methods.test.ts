import { CancelledError, run, RuntimeError, sleep, ValueError, type EventLoop } from '@loop/core';
import {
  AF_INET,
  AF_UNIX,
  OSError,
  SO_SNDBUF,
  Socket,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  socketpair,
  type SocketAddress,
} from '@loop/net';
import { getRunningLoop } from '@loop/core';
import type { AddressInfo } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { selectorBackend } from '../backend/selector-backend.ts';
import { backends } from '../../test/backends.ts';

describe.each(backends)('sockets by coroutines with %s', (_, makeLoop) => {
  /** Runs `body` with a connected pair, which is closed afterwards. */
  const withPair = (body: (loop: EventLoop, near: Socket, far: Socket) => Promise<void>) =>
    run(
      async () => {
        const [near, far] = socketpair();
        try {
          await body(getRunningLoop(), near, far);
        } finally {
          near.close();
          far.close();
        }
      },
      { loopFactory: makeLoop },
    );

  const withLoop = <T>(body: (loop: EventLoop) => Promise<T>): Promise<T> =>
    run(() => body(getRunningLoop()), {
      loopFactory: () => makeLoop(),
    });

  it('SOCK-001 refuses a blocking socket in debug mode', async () => {
    await withPair(async (loop, near) => {
      near.setblocking(true);
      loop.setDebug(true);
      await expect(loop.sockRecv(near, 1)).rejects.toThrow(ValueError);
      await expect(loop.sockRecv(near, 1)).rejects.toThrow('the socket must be non-blocking');
      loop.setDebug(false);
      near.setblocking(false);
    });
  });

  it('SOCK-002 refuses what is no socket, a TLS socket above all', async () => {
    await withPair(async (loop) => {
      await expect(loop.sockRecv({ encrypted: true } as never, 1)).rejects.toThrow(
        'Socket cannot be of type SSLSocket',
      );
      await expect(loop.sockRecv(5 as never, 1)).rejects.toThrow('Expected sock to be a Socket');
    });
  });

  it('SOCK-003 refuses to wait for a socket that a transport uses', async () => {
    await withPair(async (loop, near) => {
      const owner = { isClosing: () => false, toString: () => '<Transport>' };
      selectorBackend(loop).claim(near.fileno(), owner);
      await expect(loop.sockRecv(near, 1)).rejects.toThrow('is used by transport <Transport>');
      await expect(loop.sockRecv(near, 1)).rejects.toThrow(RuntimeError);
    });
  });

  it('SOCK-004 tries at once, and waits only if it has to', async () => {
    await withPair(async (loop, near, far) => {
      far.send(Buffer.from('here'));
      const at = loop.sockRecv(near, 10);
      expect(at.done()).toBe(true);
      expect((await at).toString()).toBe('here');
      const later = loop.sockRecv(near, 10);
      expect(later.done()).toBe(false);
      far.send(Buffer.from('later'));
      expect((await later).toString()).toBe('later');
      expect(selectorBackend(loop).poller.handlesOf(near.fileno()).reader).toBeNull();
    });
  });

  it('SOCK-005 loses nothing when it is cancelled while it waits', async () => {
    await withPair(async (loop, near, far) => {
      const cancelled = loop.createTask(() => loop.sockRecv(near, 10));
      await sleep(0);
      cancelled.cancel();
      const next = loop.sockRecv(near, 10);
      far.send(Buffer.from('kept'));
      await expect(cancelled).rejects.toThrow(CancelledError);
      expect((await next).toString()).toBe('kept');
      expect(selectorBackend(loop).poller.handlesOf(near.fileno()).reader).toBeNull();
    });
  });

  it('SOCK-006 lets two pending calls take turns', async () => {
    await withPair(async (loop, near, far) => {
      const first = loop.sockRecv(near, 1);
      const second = loop.sockRecv(near, 1);
      far.send(Buffer.from('ab'));
      const both = await Promise.all([first, second]);
      expect(both.map(String)).toEqual(['a', 'b']);
    });
  });

  it('SOCK-007 receives up to n bytes, none at the end, and refuses a negative n', async () => {
    await withPair(async (loop, near, far) => {
      far.send(Buffer.from('abc'));
      expect((await loop.sockRecv(near, 2)).toString()).toBe('ab');
      expect((await loop.sockRecv(near, 0)).length).toBe(0);
      expect((await loop.sockRecv(near, 9)).toString()).toBe('c');
      far.close();
      expect((await loop.sockRecv(near, 9)).length).toBe(0);
      await expect(loop.sockRecv(near, -1)).rejects.toThrow(ValueError);
      await expect(loop.sockRecv(near, 'x' as never)).rejects.toThrow('nbytes');
    });
  });

  it('SOCK-008 receives into a buffer', async () => {
    await withPair(async (loop, near, far) => {
      const buffer = Buffer.alloc(4);
      const received = loop.sockRecvInto(near, buffer);
      far.send(Buffer.from('abc'));
      expect([await received, buffer.toString('latin1')]).toEqual([3, 'abc\0']);
      expect(await loop.sockRecvInto(near, Buffer.alloc(0))).toBe(0);
      far.close();
      expect(await loop.sockRecvInto(near, buffer)).toBe(0);
      await expect(loop.sockRecvInto(near, 'x' as never)).rejects.toThrow(TypeError);
    });
  });

  it('SOCK-009 SOCK-010 SOCK-012 sends and receives datagrams', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_INET, SOCK_DGRAM);
      using client = new Socket(AF_INET, SOCK_DGRAM);
      server.bind(['127.0.0.1', 0]);
      client.bind(['127.0.0.1', 0]);
      const received = loop.sockRecvfrom(server, 3);
      expect(await loop.sockSendto(client, Buffer.from('hello'), server.getsockname())).toBe(5);
      const [data, from] = await received;
      expect([data.toString(), from]).toEqual(['hel', client.getsockname()]);
      const buffer = Buffer.alloc(8);
      await loop.sockSendto(client, Buffer.from('again'), server.getsockname());
      expect(await loop.sockRecvfromInto(server, buffer)).toEqual([5, client.getsockname()]);
      expect(buffer.subarray(0, 5).toString()).toBe('again');
      await expect(loop.sockRecvfromInto(server, buffer, 9)).rejects.toThrow(
        'nbytes is greater than the length of the buffer',
      );
    });
  });

  it('SOCK-011 sends everything, however much the kernel takes at a time', async () => {
    await withPair(async (loop, near, far) => {
      near.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096);
      const data = Buffer.alloc(1 << 20, 'x');
      const sent = loop.sockSendall(near, data);
      let count = 0;
      while (count < data.length) count += (await loop.sockRecv(far, 65536)).length;
      expect(await sent).toBeUndefined();
      expect(await loop.sockSendall(near, Buffer.alloc(0))).toBeUndefined();
      far.close();
      await expect(loop.sockSendall(near, data)).rejects.toThrow(/EPIPE|ECONNRESET/);
      await expect(loop.sockSendall(near, 'text' as never)).rejects.toThrow(
        'Expected data to be a Uint8Array',
      );
    });
  });

  it('SOCK-013 SOCK-017 SOCK-018 connects and accepts', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_INET, SOCK_STREAM);
      server.bind(['127.0.0.1', 0]);
      server.listen();
      const accepted = loop.sockAccept(server);
      using client = new Socket(AF_INET, SOCK_STREAM);
      expect(await loop.sockConnect(client, server.getsockname())).toBeUndefined();
      const [connection, address] = await accepted;
      using _ = connection;
      expect([connection.getblocking(), address]).toEqual([false, client.getsockname()]);
      const cancelled = loop.createTask(() => loop.sockAccept(server));
      await sleep(0);
      cancelled.cancel();
      await expect(cancelled).rejects.toThrow(CancelledError);
      const again = loop.sockAccept(server);
      using second = new Socket(AF_INET, SOCK_STREAM);
      await loop.sockConnect(second, server.getsockname());
      (await again)[0].close();
    });
  });

  it('SOCK-013 SOCK-014 looks a name up with the family of the socket', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_INET, SOCK_STREAM);
      server.bind(['127.0.0.1', 0]);
      server.listen();
      const [, port] = server.getsockname() as [string, number];
      using client = new Socket(AF_INET, SOCK_STREAM);
      await loop.sockConnect(client, ['localhost', port]);
      expect(client.getpeername()).toEqual(['127.0.0.1', port]);
    });
  });

  it('SOCK-013 SOCK-014 DNS-011 asks the method of the loop, and takes its first answer', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_INET, SOCK_STREAM);
      server.bind(['127.0.0.1', 0]);
      server.listen();
      const [, port] = server.getsockname() as [string, number];
      const asked: unknown[] = [];
      loop.getaddrinfo = (...args: unknown[]) => {
        asked.push(...args);
        const found = loop.createFuture<AddressInfo[]>();
        found.setResult([
          [AF_INET, SOCK_STREAM, 6, '', ['127.0.0.1', port]],
          [AF_INET, SOCK_STREAM, 6, '', ['127.0.0.1', 1]],
        ]);
        return found;
      };
      using client = new Socket(AF_INET, SOCK_STREAM);
      await loop.sockConnect(client, ['some.where', 77]);
      expect(client.getpeername()).toEqual(['127.0.0.1', port]);
      expect(asked).toEqual(['some.where', 77, { family: AF_INET, type: SOCK_STREAM, proto: 0 }]);
      using datagrams = new Socket(AF_INET, SOCK_DGRAM);
      await loop.sockConnect(datagrams, ['127.0.0.1', port]);
      expect(asked).toHaveLength(3);
    });
  });

  it('fails when the queue of a Unix server is full, instead of seeming connected', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_UNIX, SOCK_STREAM);
      const path = `\0loop-full-${process.pid}-${Math.random()}`;
      server.bind(path);
      server.listen(0);
      const clients: Socket[] = [];
      const results: unknown[] = [];
      for (let count = 0; count < 8; count += 1) {
        const client = new Socket(AF_UNIX, SOCK_STREAM);
        clients.push(client);
        results.push(
          await loop.sockConnect(client, path).then(
            () => client.getpeername(),
            (error: unknown) => (error as OSError).code,
          ),
        );
      }
      expect(new Set(results.map(String))).toEqual(new Set([path, 'EAGAIN']));
      for (const client of clients) client.close();
    });
  });

  it('SOCK-014 looks nothing up for other families', async () => {
    await withLoop(async (loop) => {
      using server = new Socket(AF_UNIX, SOCK_STREAM);
      const path = `\0loop-net-${process.pid}-${Math.random()}` as unknown as SocketAddress;
      server.bind(path);
      server.listen();
      using client = new Socket(AF_UNIX, SOCK_STREAM);
      await loop.sockConnect(client, path);
      const [connection, address] = await loop.sockAccept(server);
      expect(address).toBe('');
      connection.close();
    });
  });

  it('SOCK-015 says where a refused connection went', async () => {
    await withLoop(async (loop) => {
      using closed = new Socket(AF_INET, SOCK_STREAM);
      closed.bind(['127.0.0.1', 0]);
      const [, port] = closed.getsockname() as [string, number];
      using client = new Socket(AF_INET, SOCK_STREAM);
      const error = await loop.sockConnect(client, ['127.0.0.1', port]).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port });
      expect(String(error)).toContain(`Connect call failed ('127.0.0.1', ${port})`);
    });
  });

  it('SOCK-016 leaves the socket open when a connect is cancelled', async () => {
    await withLoop(async (loop) => {
      // A listener whose queue is full lets nobody in: the connect waits.
      using server = new Socket(AF_INET, SOCK_STREAM);
      server.bind(['127.0.0.1', 0]);
      server.listen(0);
      const waiting: Socket[] = [];
      let pending: ReturnType<EventLoop['createTask']> | null = null;
      while (pending === null) {
        const client = new Socket(AF_INET, SOCK_STREAM);
        waiting.push(client);
        const task = loop.createTask(() => loop.sockConnect(client, server.getsockname()));
        for (let i = 0; i < 20 && !task.done(); i += 1) await sleep(0);
        if (!task.done()) pending = task;
      }
      pending.cancel();
      await expect(pending).rejects.toThrow(CancelledError);
      expect(waiting.at(-1)!.fileno()).toBeGreaterThan(0);
      for (const client of waiting) client.close();
    });
  });
});
