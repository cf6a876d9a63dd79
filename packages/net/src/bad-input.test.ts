import { getRunningLoop, run } from '@loop/core';
import { describe, expect, it } from 'vitest';
import './index.ts';
import { Protocol } from './transport/protocol.ts';
import { openConnection } from './streams/open-connection.ts';
import { startServer } from './streams/start-server.ts';

const factory = (): Protocol => new Protocol();
// What JavaScript may pass, whatever the types say.
const any = (value: unknown): never => value as never;

type Call = (loop: ReturnType<typeof getRunningLoop>) => PromiseLike<unknown>;

const cases: ReadonlyArray<readonly [what: string, call: Call, message: string]> = [
  [
    'an unknown option',
    () => openConnection('127.0.0.1', 1, any({ timout: 3 })),
    'createConnection() has no option "timout"; it takes ssl, ',
  ],
  [
    'options that are none',
    (loop) => loop.createConnection(factory, '127.0.0.1', 1, any(5)),
    'Expected the options of createConnection() to be an object, got 5',
  ],
  [
    'an unknown option of a server',
    () => startServer(() => undefined, '127.0.0.1', 0, any({ reusePorts: true })),
    'createServer() has no option "reusePorts"; it takes ssl, ',
  ],
  [
    'an unknown option of a Unix server',
    (loop) => loop.createUnixServer(factory, '/nowhere', any({ cleanup: true })),
    'createUnixServer() has no option "cleanup"; it takes ssl, ',
  ],
  [
    'an unknown option of a Unix connection',
    (loop) => loop.createUnixConnection(factory, '/nowhere', any({ family: 1 })),
    'createUnixConnection() has no option "family"; it takes ssl, ',
  ],
  [
    'a host that is a port',
    () => startServer(() => undefined, any(8080)),
    'Expected host to be a string, bytes or null, got 8080',
  ],
  [
    'a host that is an object',
    () => openConnection(any({ host: '127.0.0.1' })),
    "Expected host to be a string, bytes or null, got { host: '127.0.0.1' }",
  ],
  [
    'an address that is a text',
    () => openConnection('127.0.0.1', 1, any({ localAddr: '127.0.0.1' })),
    'Expected localAddr to be [host, port], got "127.0.0.1"',
  ],
  [
    'a delay below zero',
    () => openConnection('127.0.0.1', 1, { happyEyeballsDelay: -1 }),
    'Expected happyEyeballsDelay to be 0 or more, got -1',
  ],
  [
    'a delay that is a text',
    () => openConnection('127.0.0.1', 1, any({ happyEyeballsDelay: 'x' })),
    'Expected happyEyeballsDelay to be a number or null, got "x"',
  ],
  [
    'a class as the factory',
    (loop) => loop.createServer(any(Protocol), '127.0.0.1', 0),
    'Expected the protocol factory to be a function, got [class Protocol extends BaseProtocol]: pass () => new Protocol()',
  ],
  [
    'a factory of nothing',
    (loop) =>
      loop.createDatagramEndpoint(
        any(() => undefined),
        { localAddr: ['127.0.0.1', 0] },
      ),
    'Expected the protocol factory to make a protocol, got undefined',
  ],
  [
    'clients that are to do something else',
    async (loop) => {
      await using server = await loop.createServer(factory, '127.0.0.1', 0);
      await server.serveForever({ clients: any('drop') });
    },
    'Expected clients to be wait, close or abort, got "drop"',
  ],
];

describe('what nobody can mean', () => {
  it.each(cases)('%s is refused by name', async (_, call, message) => {
    await run(async () => {
      const error = await Promise.resolve()
        .then(() => call(getRunningLoop()))
        .then(
          () => expect.fail('it was accepted'),
          (reason: unknown) => reason as Error,
        );
      expect(error.message).toContain(message);
    });
  });

  it('an async factory is refused for each connection', async () => {
    await run(async () => {
      const loop = getRunningLoop();
      await using server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
      const [host, port] = server.sockets[0]!.getsockname() as [string, number];
      const connecting = loop.createConnection(
        any(async () => new Protocol()),
        host,
        port,
      );
      await expect(connecting).rejects.toThrow(
        /Expected the protocol factory to make a protocol, got Promise .*: it must not be async/,
      );
      server.closeClients();
    });
  });
});
