import { closeSync, openSync } from 'node:fs';
import { CancelledError, type EventLoop, type Future, run, sleep } from '@loop/core';
import {
  AF_INET,
  DatagramProtocol,
  openConnection,
  openUnixConnection,
  Protocol,
  Socket,
  SOCK_DGRAM,
  SOCK_STREAM,
  socketpair,
  startServer,
  startUnixServer,
  type StreamPair,
  type StreamReader,
  type StreamWriter,
} from '@loop/net';
import { pipe } from '@loop/posix';
import { describe, expect, it } from 'vitest';
import { nodeHandles } from '../backend/node-handles.ts';
import { selectorBackend } from '../backend/selector-backend.ts';
import { backends } from '../../test/backends.ts';
import { portOf } from '../../test/in-loop.ts';
import { openSockets } from '../../test/open-sockets.ts';

/** One method: how to call it, and what to do afterwards. */
interface Method {
  readonly call: () => Future;
  /** What a call that was not cancelled has made. */
  readonly discard?: (result: never) => void;
  /** Frees what the method was given, closed by it or not. */
  readonly release?: () => Promise<void> | void;
}

type Prepare = (loop: EventLoop) => Promise<Method> | Method;

const abort = ([transport]: [{ abort(): void }, unknown]): void => transport.abort();
const close = ([transport]: [{ close(): void }, unknown]): void => transport.close();
const endStreams = ([, writer]: StreamPair): void => writer.transport.abort();
const path = (): string => `\0loop-cancel-${process.pid}-${Math.random()}`;

/** A method on one end of a pair of sockets. */
const onPair =
  (call: (loop: EventLoop, near: Socket, far: Socket) => Future): Prepare =>
  (loop) => {
    const [near, far] = socketpair();
    return {
      call: () => call(loop, near, far),
      release: () => {
        near.close();
        far.close();
      },
    };
  };

/** A method on a bound datagram socket. */
const onDatagrams =
  (call: (loop: EventLoop, socket: Socket) => Future): Prepare =>
  (loop) => {
    const socket = new Socket(AF_INET, SOCK_DGRAM);
    socket.bind(['127.0.0.1', 0]);
    return { call: () => call(loop, socket), release: () => socket.close() };
  };

/** A method of the streams of a connection whose peer does nothing. */
const onStreams =
  (call: (reader: StreamReader, writer: StreamWriter) => Future): Prepare =>
  async () => {
    const [near, far] = socketpair();
    far.send(Buffer.from('some'));
    const [reader, writer] = await openConnection(null, null, { sock: near });
    return {
      call: () => call(reader, writer),
      release: () => {
        endStreams([reader, writer]);
        far.close();
      },
    };
  };

const methods: Record<string, Prepare> = {
  createConnection: async (loop) => {
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
    return {
      call: () => loop.createConnection(() => new Protocol(), '127.0.0.1', portOf(server)),
      discard: abort,
      release: () => server[Symbol.asyncDispose](),
    };
  },
  'createConnection by name, side by side': async (loop) => {
    const server = await loop.createServer(() => new Protocol(), ['127.0.0.1', '::1'], 0);
    const options = { happyEyeballsDelay: 0.001 };
    return {
      call: () => loop.createConnection(() => new Protocol(), 'localhost', portOf(server), options),
      discard: abort,
      release: () => server[Symbol.asyncDispose](),
    };
  },
  createServer: (loop) => ({
    call: () => loop.createServer(() => new Protocol(), ['127.0.0.1', 'localhost'], 0),
    discard: (server: { close(): void }) => server.close(),
  }),
  connectAcceptedSocket: (loop) => {
    const [near, far] = socketpair();
    return {
      call: () => loop.connectAcceptedSocket(() => new Protocol(), near),
      discard: abort,
      release: () => {
        far.close();
        near.close();
      },
    };
  },
  connectReadPipe: (loop) => {
    const [readable, writable] = pipe();
    return {
      call: () => loop.connectReadPipe(() => new Protocol(), readable),
      discard: close,
      release: async () => {
        await loop.connectWritePipe(() => new Protocol(), writable).then(close);
      },
    };
  },
  connectWritePipe: (loop) => {
    const [readable, writable] = pipe();
    return {
      call: () => loop.connectWritePipe(() => new Protocol(), writable),
      discard: close,
      release: async () => {
        await loop.connectReadPipe(() => new Protocol(), readable).then(close);
      },
    };
  },
  createUnixServer: (loop) => ({
    call: () => loop.createUnixServer(() => new Protocol(), path()),
    discard: (server: { close(): void }) => server.close(),
  }),
  createUnixConnection: async (loop) => {
    const name = path();
    const server = await loop.createUnixServer(() => new Protocol(), name);
    return {
      call: () => loop.createUnixConnection(() => new Protocol(), name),
      discard: abort,
      release: () => server[Symbol.asyncDispose](),
    };
  },
  createDatagramEndpoint: (loop) => ({
    call: () =>
      loop.createDatagramEndpoint(() => new DatagramProtocol(), { localAddr: ['localhost', 0] }),
    discard: abort,
  }),
  'server.serveForever': async (loop) => {
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
    return { call: () => server.serveForever(), release: () => server.close() };
  },
  'server.waitClosed': async (loop) => {
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
    return { call: () => server.waitClosed(), release: () => server.close() };
  },
  'server.startServing': async (loop) => {
    const options = { startServing: false };
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0, options);
    return { call: () => server.startServing(), release: () => server.close() };
  },
  sockRecv: onPair((loop, near) => loop.sockRecv(near, 1)),
  sockRecvInto: onPair((loop, near) => loop.sockRecvInto(near, Buffer.alloc(1))),
  sockSendall: onPair((loop, near) => loop.sockSendall(near, Buffer.alloc(4 << 20))),
  sockRecvfrom: onDatagrams((loop, socket) => loop.sockRecvfrom(socket, 1)),
  sockRecvfromInto: onDatagrams((loop, socket) => loop.sockRecvfromInto(socket, Buffer.alloc(1))),
  sockSendto: onDatagrams((loop, socket) =>
    loop.sockSendto(socket, Buffer.from('x'), socket.getsockname()),
  ),
  sockSendfile: (loop) => {
    const [near, far] = socketpair();
    const file = openSync(process.execPath, 'r');
    return {
      call: () => loop.sockSendfile(near, file),
      release: () => {
        near.close();
        far.close();
        closeSync(file);
      },
    };
  },
  sendfile: async (loop) => {
    const [near, far] = socketpair();
    const file = openSync(process.execPath, 'r');
    const [transport] = await loop.createConnection(() => new Protocol(), null, null, {
      sock: near,
    });
    return {
      call: () => loop.sendfile(transport, file),
      release: () => {
        transport.abort();
        far.close();
        closeSync(file);
      },
    };
  },
  openConnection: async (loop) => {
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
    return {
      call: () => openConnection('localhost', portOf(server)),
      discard: endStreams,
      release: () => server[Symbol.asyncDispose](),
    };
  },
  openUnixConnection: async (loop) => {
    const name = path();
    const server = await loop.createUnixServer(() => new Protocol(), name);
    return {
      call: () => openUnixConnection(name),
      discard: endStreams,
      release: () => server[Symbol.asyncDispose](),
    };
  },
  startServer: () => ({
    call: () => startServer(() => {}, ['127.0.0.1', 'localhost'], 0),
    discard: (server: { close(): void }) => server.close(),
  }),
  startUnixServer: () => ({
    call: () => startUnixServer(() => {}, path()),
    discard: (server: { close(): void }) => server.close(),
  }),
  'reader.read': onStreams((reader) => reader.read()),
  'reader.readline': onStreams((reader) => reader.readline()),
  'reader.readexactly': onStreams((reader) => reader.readexactly(9)),
  'reader.readuntil': onStreams((reader) => reader.readuntil(Buffer.from('end'))),
  'writer.drain': onStreams((_, writer) => {
    writer.write(Buffer.alloc(4 << 20));
    return writer.drain();
  }),
  'writer.waitClosed': onStreams((_, writer) => {
    writer.write(Buffer.alloc(4 << 20));
    writer.close();
    return writer.waitClosed();
  }),
  sockAccept: (loop) => {
    const server = new Socket(AF_INET, SOCK_STREAM);
    server.bind(['127.0.0.1', 0]);
    server.listen();
    return { call: () => loop.sockAccept(server), release: () => server.close() };
  },
  sockConnect: (loop) => {
    const server = new Socket(AF_INET, SOCK_STREAM);
    server.bind(['127.0.0.1', 0]);
    server.listen();
    const [, port] = server.getsockname() as [string, number];
    const client = new Socket(AF_INET, SOCK_STREAM);
    return {
      call: () => loop.sockConnect(client, ['localhost', port]),
      release: () => {
        client.close();
        server.close();
      },
    };
  },
  getaddrinfo: (loop) => ({ call: () => loop.getaddrinfo('localhost', 80) }),
  getnameinfo: (loop) => ({ call: () => loop.getnameinfo(['127.0.0.1', 80]) }),
};

// Beyond so many iterations a call has ended, or waits for what does not come.
const ITERATIONS = 12;

describe.each(backends)('cancelled at every iteration, with %s', (_, makeLoop) => {
  it.each(Object.keys(methods))('%s leaves no watcher and no descriptor', async (name) => {
    const sockets = openSockets();
    for (let iterations = 0; iterations <= ITERATIONS; iterations += 1) {
      const loop = makeLoop();
      await run(
        async () => {
          const open = (): number => selectorBackend(loop).poller.size + nodeHandles(loop).size;
          const before = open();
          const { call, discard, release } = await methods[name]!(loop);
          const task = loop.createTask(() => call());
          for (let count = 0; count < iterations; count += 1) await sleep(0);
          task.cancel();
          await task.then(
            (result) => discard?.(result as never),
            (error: unknown) => expect(error).toBeInstanceOf(CancelledError),
          );
          await release?.();
          // What is closed is gone one iteration later, and its peer once that has arrived.
          for (let count = 0; open() > before && count < 1000; count += 1) await sleep(0);
          expect(open()).toBe(before);
        },
        { loopFactory: () => loop },
      );
      expect(openSockets()).toEqual(sockets);
    }
  });
});
