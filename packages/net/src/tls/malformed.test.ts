import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type EventLoop, gather } from '@loop/core';
import {
  openConnection,
  Protocol,
  SelectorEventLoop,
  type Server,
  type Transport,
} from '@loop/net';
import { isOpenSslSupported, OpenSslContext } from '@loop/posix/internal';
import { portOf } from '../../test/in-loop.ts';
import { attack, Dice } from '../../test/tls-attack.ts';
import { certificates, clientContext, inTlsLoop, serverContext } from '../../test/tls-loops.ts';

const ATTACKS = 10_000;
const AT_ONCE = 20;

const authority = certificates();
const files = authority.localhost;

class Echo extends Protocol {
  #transport!: Transport;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#transport.write(data);
  }
}

/** A server of Node's own in the same process, and a way to use it. */
async function nodeServer(): Promise<{ exchange(): Promise<void> } & Disposable> {
  const { certfile, keyfile } = files;
  const cert = readFileSync(certfile);
  const server = tls.createServer({ cert, key: readFileSync(keyfile) }, (socket) => {
    socket.pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const ca = readFileSync(authority.cafile);
  return {
    async exchange() {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
      socket.end('still here');
      const chunks: unknown[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      expect(String(chunks[0])).toBe('still here');
    },
    [Symbol.dispose]: () => server.close(),
  };
}

describe.runIf(isOpenSslSupported())('a TLS server that is attacked (needs OpenSSL by FFI)', () => {
  it.each([
    ['1.3', 0x0304],
    ['1.2', 0x0303],
  ])(
    'serves all others, and lets nothing remain, in TLS %s',
    (_, version) =>
      inTlsLoop(
        () => new SelectorEventLoop(),
        async (loop) => {
          const reports: unknown[] = [];
          loop.setExceptionHandler((__, context) => reports.push(context));
          const ssl = serverContext(files);
          const server = await loop.createServer(() => new Echo(), '127.0.0.1', 0, { ssl });
          using node = await nodeServer();
          const client = clientContext(authority);
          const [reader, writer] = await openConnection('127.0.0.1', portOf(server), {
            ssl: client,
            serverHostname: 'localhost',
          });
          const context = new OpenSslContext({ role: 'client', maximumVersion: version });
          for (let done = 0; done < ATTACKS / 2; done += AT_ONCE) {
            await attackAll(loop, server, context, done);
            writer.write(Buffer.from('still here\n'));
            expect((await reader.readline()).toString()).toBe('still here\n');
            if (done % 500 === 0) await node.exchange();
          }
          writer.close();
          await writer.waitClosed();
          server.close();
          // Does not resolve while the server has a connection.
          await server.waitClosed();
          expect(reports).toEqual([]);
        },
      ),
    300_000,
  );
});

function attackAll(
  loop: EventLoop,
  server: Server,
  context: OpenSslContext,
  seed: number,
): PromiseLike<unknown> {
  const port = portOf(server);
  return gather(
    ...Array.from({ length: AT_ONCE }, (_, index) =>
      loop.createTask(() => attack(loop, port, context, new Dice(seed + index))),
    ),
  );
}
