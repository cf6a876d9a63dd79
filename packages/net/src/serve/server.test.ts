import {
  CancelledError,
  currentTask,
  NotImplementedError,
  RuntimeError,
  sleep,
  Task,
} from '@loop/core';
import { OSError, Protocol, Server, Socket } from '@loop/net';
import { describe, expect, it, vi } from 'vitest';
import { inLoop, portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';
import { Recorder } from '../../test/recorder.ts';
import { backends } from '../../test/backends.ts';
import { AbstractServer } from './abstract-server.ts';

const HOST = '127.0.0.1';

/** A factory that keeps what it has made. */
function keeping<P>(make: () => P): { factory: () => P; all: P[] } {
  const all: P[] = [];
  return {
    all,
    factory: () => {
      const protocol = make();
      all.push(protocol);
      return protocol;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(0);
}

describe.each(backends)('servers with %s', (_, makeLoop) => {
  it('SRVOBJ-001 SRVOBJ-002 SRVOBJ-004 TR-041 shows its sockets, anew each time', async () => {
    await inLoop(makeLoop, async (loop) => {
      await using server = await loop.createServer(() => new Protocol(), HOST, 0);
      expect(server).toBeInstanceOf(Server);
      expect(server.getLoop()).toBe(loop);
      const { sockets } = server;
      expect(sockets).toHaveLength(1);
      sockets.length = 0;
      expect(server.sockets).toHaveLength(1);
      expect(server.sockets[0]).not.toHaveProperty('close');
      expect(server.sockets[0]).not.toHaveProperty('accept');
      expect(String(server)).toContain('<Server sockets=[<TransportSocket fd=');
    });
  });

  it('SRVOBJ-003 SRVOBJ-005 SRVOBJ-006 SRV-018 serves when it is told to', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createServer(() => new Protocol(), HOST, 0, {
        startServing: false,
      });
      const port = portOf(server);
      expect(server.isServing()).toBe(false);
      await expect(loop.createConnection(() => new Protocol(), HOST, port)).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
      await server.startServing();
      await server.startServing();
      expect(server.isServing()).toBe(true);
      const [transport] = await loop.createConnection(() => new Protocol(), HOST, port);
      transport.abort();
      server.close();
      expect([server.isServing(), server.sockets]).toEqual([false, []]);
      await server.waitClosed();
    });
  });

  it('SRVOBJ-007 SRVOBJ-023 serves no more once it is closed', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createServer(() => new Protocol(), HOST, 0);
      server.close();
      for (const refused of [server.startServing(), server.serveForever()]) {
        await expect(refused).rejects.toThrow(RuntimeError);
        await expect(refused).rejects.toThrow(/^server <Server .* is closed$/);
      }
    });
  });

  it('SRVOBJ-008 SRVOBJ-009 stops listening at once, and leaves connections alone', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      const port = portOf(server);
      const [transport, client] = await loop.createConnection(() => new Recorder(), HOST, port);
      await until(() => all.length === 1 && all[0]!.made.done());
      server.close();
      server.close();
      await expect(loop.createConnection(() => new Recorder(), HOST, port)).rejects.toThrow(
        OSError,
      );
      transport.write(Buffer.from('still'));
      expect(String(await all[0]!.bytes(5))).toBe('still');
      all[0]!.transport.write(Buffer.from('here'));
      expect(String(await client.bytes(4))).toBe('here');
      transport.close();
      await server.waitClosed();
      expect(all[0]!.trace.at(-1)).toBe('lost');
    });
  });

  it('SRVOBJ-009 resets connections that wait in the queue', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      using client = new Socket();
      const received = loop.createTask(async () => {
        await loop.sockConnect(client, [HOST, portOf(server)]);
        return await loop.sockRecv(client, 1);
      });
      await sleep(0);
      server.close();
      await expect(received).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(all).toEqual([]);
    });
  });

  it.each([
    ['before its factory has returned', (server: Server) => server.close()],
    ['before it is made', (server: Server) => void server.getLoop().callSoon(() => server.close())],
  ])('SRVOBJ-010 drops a connection if the server closes %s', async (__, closing) => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => {
        closing(server);
        return new Recorder();
      });
      const server: Server = await loop.createServer(factory, HOST, 0);
      const [, client] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
      await client.lost;
      await server.waitClosed();
      expect(all.map(({ trace }) => trace)).toEqual([[]]);
    });
  });

  it('SRVOBJ-011 SRVOBJ-013 closes its clients, whose output is flushed, and serves on', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      await using server = await loop.createServer(factory, HOST, 0);
      server.closeClients();
      server.abortClients();
      const [transport, client] = await loop.createConnection(
        () => new Recorder(),
        HOST,
        portOf(server),
      );
      transport.pauseReading();
      await until(() => all.length === 1 && all[0]!.made.done());
      const size = 8 << 20;
      all[0]!.transport.write(Buffer.alloc(size, 'x'));
      expect(all[0]!.transport.getWriteBufferSize()).toBeGreaterThan(0);
      server.closeClients();
      expect([all[0]!.transport.isClosing(), server.isServing()]).toEqual([true, true]);
      transport.resumeReading();
      expect((await client.bytes(size)).length).toBe(size);
      expect(await client.lost).toBeNull();
      const [second] = await loop.createConnection(() => new Protocol(), HOST, portOf(server));
      second.abort();
    });
  });

  it('SRVOBJ-012 SRVOBJ-018 aborts its clients, whatever is pending, within two iterations', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      const [transport, client] = await loop.createConnection(
        () => new Recorder(),
        HOST,
        portOf(server),
      );
      transport.pauseReading();
      await until(() => all.length === 1 && all[0]!.made.done());
      all[0]!.transport.write(Buffer.alloc(8 << 20));
      server.close();
      server.abortClients();
      const closed = server.waitClosed();
      await sleep(0);
      await sleep(0);
      expect(closed.done()).toBe(true);
      expect(all[0]!.trace.at(-1)).toBe('lost');
      transport.resumeReading();
      await client.lost;
    });
  });

  it('SRVOBJ-014 SRVOBJ-015 SRVOBJ-016 SRVOBJ-017 SRVOBJ-018 is closed when its last connection is lost', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      const waiters = [server.waitClosed(), server.waitClosed()];
      const cancelled = loop.createTask(() => server.waitClosed());
      await sleep(0);
      cancelled.cancel();
      await expect(cancelled).rejects.toThrow(CancelledError);
      const [, client] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
      await until(() => all.length === 1 && all[0]!.made.done());
      server.close();
      await sleep(0);
      expect(waiters.some((waiter) => waiter.done())).toBe(false);
      server.closeClients();
      expect(waiters.some((waiter) => waiter.done())).toBe(false);
      await sleep(0);
      await sleep(0);
      expect(waiters.every((waiter) => waiter.done())).toBe(true);
      await server.waitClosed();
      await server.waitClosed();
      await client.lost;
    });
  });

  it('SRVOBJ-016 is closed too when the last client had gone before', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      const waiting = server.waitClosed();
      const [transport] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
      transport.close();
      await until(() => all.length === 1);
      await all[0]!.lost;
      await sleep(0);
      expect(waiting.done()).toBe(false);
      server.close();
      await waiting;
    });
  });

  it('SRVOBJ-019 SRVOBJ-020 SRVOBJ-021 SRVOBJ-022 serves until it is cancelled and its clients are gone', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0, { startServing: false });
      const port = portOf(server);
      const serving = loop.createTask(() => server.serveForever());
      await sleep(0);
      expect(server.isServing()).toBe(true);
      const second = server.serveForever();
      await expect(second).rejects.toThrow(RuntimeError);
      await expect(second).rejects.toThrow('is already being awaited on serve_forever()');
      const [transport] = await loop.createConnection(() => new Recorder(), HOST, port);
      await until(() => all.length === 1 && all[0]!.made.done());
      serving.cancel();
      await sleep(0);
      expect([serving.done(), server.isServing()]).toEqual([false, false]);
      await expect(loop.createConnection(() => new Recorder(), HOST, port)).rejects.toThrow(
        OSError,
      );
      expect(serving.done()).toBe(false);
      transport.abort();
      await expect(serving).rejects.toThrow(CancelledError);
      expect(serving.cancelled()).toBe(true);
    });
  });

  it.each(['close', 'abort'] as const)('%ss its clients when it is cancelled', async (clients) => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const server = await loop.createServer(factory, HOST, 0);
      const serving = loop.createTask(() => server.serveForever({ clients }));
      await loop.createConnection(() => new Recorder(), HOST, portOf(server));
      await until(() => all.length === 1 && all[0]!.made.done());
      serving.cancel();
      await expect(serving).rejects.toThrow(CancelledError);
      expect(all[0]!.lost.done()).toBe(true);
    });
  });

  it('SRVOBJ-024 ends serveForever() when somebody else closes it', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createServer(() => new Protocol(), HOST, 0);
      const serving = loop.createTask(() => server.serveForever());
      await sleep(0);
      server.close();
      await expect(serving).rejects.toThrow(CancelledError);
    });
  });

  it('SRVOBJ-025 is closed at the end of a block, however it ends', async () => {
    await inLoop(makeLoop, async (loop) => {
      const { factory, all } = keeping(() => new Recorder());
      const kept: Server[] = [];
      const block = async (): Promise<void> => {
        await using server = await loop.createServer(factory, HOST, 0);
        kept.push(server);
        const [transport] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
        await until(() => all.length === 1 && all[0]!.made.done());
        loop.callSoon(() => loop.callSoon(() => transport.close()));
        throw new Error('from the block');
      };
      await expect(block()).rejects.toThrow('from the block');
      expect([kept[0]!.isServing(), kept[0]!.sockets]).toEqual([false, []]);
      expect(all[0]!.trace.at(-1)).toBe('lost');
    });
  });

  it('SRV-033 does not wait for connections that were accepted elsewhere', async () => {
    await inLoop(makeLoop, async (loop) => {
      const server = await loop.createServer(() => new Protocol(), HOST, 0);
      using listener = new Socket();
      listener.bind([HOST, 0]);
      listener.listen();
      using client = new Socket();
      await loop.sockConnect(client, listener.getsockname());
      const [accepted] = await loop.sockAccept(listener);
      const [transport] = await loop.connectAcceptedSocket(() => new Recorder(), accepted);
      server.close();
      await server.waitClosed();
      expect(transport.isClosing()).toBe(false);
      transport.abort();
    });
  });

  it('SRV-023 sets each connection up in a task of its own', async () => {
    await inLoop(makeLoop, async (loop) => {
      const tasks: Array<Task | null> = [];
      const { factory, all } = keeping(() => {
        tasks.push(currentTask());
        return new Recorder();
      });
      await using server = await loop.createServer(factory, HOST, 0);
      const connect = () => loop.createConnection(() => new Recorder(), HOST, portOf(server));
      const clients = await Promise.all([connect(), connect()]);
      await until(() => all.length === 2 && all.every(({ made }) => made.done()));
      expect(new Set([...tasks, currentTask(), null]).size).toBe(4);
      await until(() => tasks.every((task) => task?.done() === true));
      for (const [transport] of clients) transport.close();
    });
  });

  it('SRV-023 closes with the loop a connection that nobody has heard of', async () => {
    const before = openSockets();
    const loop = makeLoop();
    const { factory, all } = keeping(() => new Recorder());
    const client = new Socket();
    loop.setExceptionHandler(() => {});
    const run = loop.runUntilComplete(async () => {
      const server = await loop.createServer(factory, HOST, 0);
      // The loop stops with the task that sets the connection up.
      loop.setTaskFactory((_, body, options) => {
        loop.stop();
        return new Task(body, { ...options, loop });
      });
      await loop.sockConnect(client, server.sockets[0]!.getsockname());
      await loop.createFuture();
    });
    await expect(run).rejects.toThrow('Event loop stopped before Future completed.');
    loop.close();
    client.close();
    expect(all).toEqual([]);
    expect(openSockets()).toEqual(before);
  });

  it('SRV-023 SRV-029 drops a connection whose factory throws, and tells of it in debug mode', async () => {
    await inLoop(makeLoop, async (loop) => {
      const handler = vi.fn<(loop: unknown, context: unknown) => void>();
      loop.setExceptionHandler(handler);
      let fail = true;
      const { factory, all } = keeping(() => {
        if (fail) throw new Error('no protocol');
        return new Recorder();
      });
      await using server = await loop.createServer(factory, HOST, 0);
      const attempt = async (): Promise<Recorder> => {
        const [, client] = await loop.createConnection(() => new Recorder(), HOST, portOf(server));
        return client;
      };
      await (
        await attempt()
      ).lost;
      expect(handler).not.toHaveBeenCalled();
      loop.setDebug(true);
      loop.slowCallbackDuration = 1000;
      await (
        await attempt()
      ).lost;
      expect(handler).toHaveBeenCalledExactlyOnceWith(
        loop,
        expect.objectContaining({
          message: 'Error on transport creation for incoming connection',
          exception: expect.objectContaining({ message: 'no protocol' }) as unknown,
        }),
      );
      fail = false;
      const client = await attempt();
      await until(() => all.length === 1 && all[0]!.made.done());
      client.transport.close();
    });
  });
});

it('SRVOBJ-026 leaves everything to be implemented in the abstract class', async () => {
  class Empty extends AbstractServer {}
  const server = new Empty();
  for (const method of ['getLoop', 'isServing', 'close', 'closeClients', 'abortClients'] as const) {
    expect(() => server[method]()).toThrow(NotImplementedError);
  }
  await inLoop(backends[0]![1], async () => {
    for (const method of ['startServing', 'serveForever', 'waitClosed'] as const) {
      await expect(server[method]()).rejects.toThrow(NotImplementedError);
    }
    await expect(server[Symbol.asyncDispose]()).rejects.toThrow(NotImplementedError);
  });
});
