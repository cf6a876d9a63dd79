import { type EventLoop, ValueError } from '@loop/core';
import { describe as portable } from '@loop/core/errors';
import {
  AF_UNIX,
  BufferedProtocol,
  connectionFromNode,
  connectionFromWeb,
  connectionToNode,
  connectionToWeb,
  createDefaultContext,
  DatagramProtocol,
  openConnection,
  openUnixConnection,
  Protocol,
  readerFromNode,
  readerFromWeb,
  readerToNode,
  readerToWeb,
  socketpair,
  startServer,
  startUnixServer,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
  type Transport,
  writerFromNode,
  writerFromWeb,
  writerToNode,
  writerToWeb,
} from '@loop/net';
import { describe as text } from '@loop/posix/internal';
import { describe, expect, it } from 'vitest';
import { backends } from '../test/backends.ts';
import { inLoop, portOf } from '../test/in-loop.ts';
import { openSockets } from '../test/open-sockets.ts';

const HOST = '127.0.0.1';
const factory = (): Protocol => new Protocol();
const datagrams = (): DatagramProtocol => new DatagramProtocol();

/** What JavaScript may pass, whatever the types say. */
const never = (value: unknown): never => value as never;

const numbers = [-1, 1.5, NaN, Infinity, 2 ** 53];
const objects = [{}, [], () => 1, Symbol('symbol'), 10n];
const wrong = {
  boolean: [0, ...numbers, '', 'x', ...objects],
  integer: [true, 1.5, NaN, Infinity, 2 ** 53, '', 'x', ...objects],
  // Options may be left out, or be `null` for the methods of the loop.
  options: [true, 0, ...numbers, '', 'x', [], () => 1, Symbol('symbol'), 10n],
  object: [null, true, 0, ...numbers, '', 'x', ...objects],
  number: [true, 'x', ...objects],
  count: [true, 1.5, NaN, Infinity, '', 'x', ...objects],
  callable: [true, 0, 'x', {}, [], Symbol('symbol'), 10n],
  iterable: [null, true, 0, ...numbers, ...objects.filter((each) => !Array.isArray(each))],
  address: [true, 0, ...numbers, 'x', ...objects],
  host: [true, 0, ...numbers, ...objects],
} as const;

type Kind = keyof typeof wrong;

/** What the calls of a test are made with. */
interface World {
  readonly loop: EventLoop;
  readonly port: number;
  readonly transport: Transport;
  readonly reader: StreamReader;
  readonly writer: StreamWriter<Transport>;
}

type Case = readonly [
  what: string,
  kind: Kind,
  call: (world: World, value: never) => unknown,
  names?: string,
];

const connect =
  (key: string) =>
  ({ loop, port }: World, value: never) =>
    loop.createConnection(factory, HOST, port, { [key]: value });
const serve =
  (key: string) =>
  ({ loop }: World, value: never) =>
    loop.createServer(factory, HOST, 0, { [key]: value });
const serveUnix =
  (key: string) =>
  ({ loop }: World, value: never) =>
    loop.createUnixServer(factory, '\0wrong-values', { [key]: value });
const receive =
  (key: string) =>
  ({ loop }: World, value: never) =>
    loop.createDatagramEndpoint(datagrams, { localAddr: [HOST, 0], [key]: value });

/** A call with a socket that has something to read. */
async function withSocket<T>(call: (socket: ReturnType<typeof socketpair>[0]) => PromiseLike<T>) {
  const [near, far] = socketpair();
  try {
    far.send(Buffer.from('data'));
    return await call(near);
  } finally {
    near.close();
    far.close();
  }
}

const cases: readonly Case[] = [
  ['createConnection: family', 'integer', connect('family')],
  ['createConnection: proto', 'integer', connect('proto')],
  ['createConnection: flags, which a numeric host has no use for', 'integer', connect('flags')],
  ['createConnection: interleave', 'integer', connect('interleave')],
  ['createConnection: allErrors', 'boolean', connect('allErrors')],
  ['createConnection: localAddr', 'address', connect('localAddr')],
  [
    'createConnection: host',
    'host',
    ({ loop, port }, value) => loop.createConnection(factory, value, port),
  ],
  [
    'createConnection: factory',
    'callable',
    ({ loop, port }, value) => loop.createConnection(value, HOST, port),
    'the protocol factory',
  ],
  [
    'createConnection: options',
    'options',
    ({ loop, port }, value) => loop.createConnection(factory, HOST, port, value),
  ],
  ['createServer: family', 'integer', serve('family')],
  ['createServer: flags', 'integer', serve('flags')],
  ['createServer: backlog', 'integer', serve('backlog')],
  ['createServer: reuseAddress', 'boolean', serve('reuseAddress')],
  ['createServer: reusePort', 'boolean', serve('reusePort')],
  ['createServer: keepAlive', 'boolean', serve('keepAlive')],
  ['createServer: startServing', 'boolean', serve('startServing')],
  ['createServer: host', 'host', ({ loop }, value) => loop.createServer(factory, [value], 0)],
  ['createUnixServer: backlog', 'integer', serveUnix('backlog')],
  ['createUnixServer: startServing', 'boolean', serveUnix('startServing')],
  ['createUnixServer: cleanupSocket', 'boolean', serveUnix('cleanupSocket')],
  ['createDatagramEndpoint: family', 'integer', receive('family')],
  ['createDatagramEndpoint: proto', 'integer', receive('proto')],
  ['createDatagramEndpoint: flags', 'integer', receive('flags')],
  ['createDatagramEndpoint: reusePort', 'boolean', receive('reusePort')],
  ['createDatagramEndpoint: allowBroadcast', 'boolean', receive('allowBroadcast')],
  ['createDatagramEndpoint: localAddr', 'address', receive('localAddr')],
  ['createDatagramEndpoint: remoteAddr', 'address', receive('remoteAddr')],
  [
    'createDatagramEndpoint: localAddr by its host',
    'host',
    ({ loop }, value) => loop.createDatagramEndpoint(datagrams, { localAddr: [value, 0] }),
    'the host of localAddr',
  ],
  [
    'createDatagramEndpoint: localAddr of a Unix socket',
    'host',
    ({ loop }, value) =>
      loop.createDatagramEndpoint(datagrams, { family: AF_UNIX, localAddr: value }),
    'localAddr',
  ],
  [
    'sockRecv: nbytes',
    'integer',
    ({ loop }, value) => withSocket((socket) => loop.sockRecv(socket, value)),
  ],
  [
    'sockRecvfrom: bufsize',
    'integer',
    ({ loop }, value) => withSocket((socket) => loop.sockRecvfrom(socket, value)),
  ],
  [
    'sockRecvInto: buf',
    'object',
    ({ loop }, value) => withSocket((socket) => loop.sockRecvInto(socket, value)),
  ],
  [
    'sockSendall: data',
    'object',
    ({ loop }, value) => withSocket((socket) => loop.sockSendall(socket, value)),
  ],
  ['sockAccept: sock', 'object', ({ loop }, value) => loop.sockAccept(value)],
  [
    'startTls: serverSide',
    'boolean',
    ({ loop, transport }, value) =>
      loop.startTls(transport, new Protocol(), createDefaultContext(), {
        serverHostname: '',
        serverSide: value,
      }),
  ],
  [
    'startTls: protocol',
    'object',
    ({ loop, transport }, value) => loop.startTls(transport, value, createDefaultContext()),
  ],
  ['setProtocol: protocol', 'object', ({ transport }, value) => transport.setProtocol(value)],
  ['writelines: pieces', 'iterable', ({ transport }, value) => transport.writelines(value)],
  [
    'setWriteBufferLimits: high',
    'number',
    ({ transport }, value) => transport.setWriteBufferLimits(value),
  ],
  [
    'setWriteBufferLimits: low',
    'number',
    ({ transport }, value) => transport.setWriteBufferLimits(9, value),
  ],
  ['openConnection: options', 'options', ({ port }, value) => openConnection(HOST, port, value)],
  ['openUnixConnection: options', 'options', (_, value) => openUnixConnection('/nowhere', value)],
  ['startServer: options', 'options', (_, value) => startServer(() => undefined, HOST, 0, value)],
  [
    'startUnixServer: options',
    'options',
    (_, value) => startUnixServer(() => undefined, '\0wrong-values', value),
  ],
  [
    'StreamWriter.startTls: options',
    'options',
    ({ writer }, value) => writer.startTls(never({}), value),
  ],
  ['new StreamReader: limit', 'number', (_, value) => new StreamReader(value)],
  ['new StreamReader: loop', 'object', (_, value) => new StreamReader(9, value), 'loop'],
  ['StreamReader.read: n', 'count', ({ reader }, value) => reader.read(value), 'n'],
  ['StreamReader.readexactly: n', 'count', ({ reader }, value) => reader.readexactly(value)],
  ['StreamReader.feedData: data', 'object', (_, value) => new StreamReader().feedData(value)],
  [
    'StreamReader.setException: exception',
    'object',
    (_, value) => new StreamReader().setException(value),
  ],
  [
    'StreamReader.setTransport: transport',
    'object',
    (_, value) => new StreamReader().setTransport(value),
  ],
  ['new StreamReaderProtocol: reader', 'object', (_, value) => new StreamReaderProtocol(value)],
  [
    'new StreamReaderProtocol: clientConnected',
    'callable',
    ({ reader }, value) => new StreamReaderProtocol(reader, value),
  ],
  [
    'new StreamWriter: transport',
    'object',
    ({ loop, reader }, value) =>
      new StreamWriter(value, new StreamReaderProtocol(reader), null, loop),
  ],
  [
    'new StreamWriter: protocol',
    'object',
    ({ loop, transport }, value) => new StreamWriter(transport, value, null, loop),
  ],
  ['readerToWeb: reader', 'object', (_, value) => readerToWeb(value)],
  ['writerToWeb: writer', 'object', (_, value) => writerToWeb(value)],
  ['connectionToWeb: writer', 'object', ({ reader }, value) => connectionToWeb(reader, value)],
  ['readerFromWeb: readable', 'object', (_, value) => readerFromWeb(value)],
  ['writerFromWeb: writable', 'object', (_, value) => writerFromWeb(value)],
  ['connectionFromWeb: streams', 'object', (_, value) => connectionFromWeb(value)],
  ['readerToNode: reader', 'object', (_, value) => readerToNode(value)],
  ['writerToNode: writer', 'object', (_, value) => writerToNode(value)],
  ['connectionToNode: reader', 'object', ({ writer }, value) => connectionToNode(value, writer)],
  ['readerFromNode: readable', 'object', (_, value) => readerFromNode(value)],
  ['writerFromNode: writable', 'object', (_, value) => writerFromNode(value)],
  ['connectionFromNode: duplex', 'object', (_, value) => connectionFromNode(value)],
];

const rows = cases.map(
  ([what, kind, call, name = what.replace(/.*: /, '').replace(/[, ].*/, '')]) =>
    [what, kind, call, name] as const,
);

/** The error of a call, at once or later. */
async function errorOfCall(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  return new Error('it was accepted');
}

describe.each(backends)('wrong values with %s', (_, makeLoop) => {
  it.each(rows)('of %s are refused, by name and value', async (_what, kind, call, name) => {
    await inLoop(makeLoop, async (loop) => {
      await using server = await loop.createServer(() => new BufferedProtocol(), HOST, 0);
      const port = portOf(server);
      const [transport] = await loop.createConnection(factory, HOST, port);
      const [reader, writer] = await openConnection(HOST, port);
      const world = { loop, port, transport, reader, writer };
      try {
        // Whatever is made on demand is there before it is counted.
        await errorOfCall(() => call(world, never(wrong[kind][0])));
        const before = openSockets().length;
        for (const value of wrong[kind]) {
          const error = await errorOfCall(() => call(world, never(value)));
          const { message } = error;
          const isOurs = error instanceof TypeError || error instanceof ValueError;
          const names = message.includes(text(value)) || message.includes(portable(value));
          expect({ message, isOurs, names }).toEqual({
            message: expect.stringContaining(name),
            isOurs: true,
            names: true,
          });
        }
        expect(openSockets()).toHaveLength(before);
      } finally {
        writer.transport.abort();
        transport.abort();
        server.abortClients();
      }
    });
  });
});
