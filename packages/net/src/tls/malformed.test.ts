import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type EventLoop, gather } from '@loop/core';
import {
  openConnection,
  ProactorEventLoop,
  Protocol,
  SelectorEventLoop,
  type Server,
  type Transport,
} from '@loop/net';
import { isOpenSslSupported, OpenSslContext } from '@loop/posix/internal';
import { portOf } from '../../test/in-loop.ts';
import { NativeMemory } from '../../test/native-memory.ts';
import { attack, Dice } from '../../test/tls-attack.ts';
import { certificates, clientContext, inTlsLoop, serverContext } from '../../test/tls-loops.ts';
import { chooseTlsEngine } from './choose-engine.ts';
import { openSslEngine } from './openssl-engine.ts';

const MIB = 1024 * 1024;
const ROUND = 500;
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
    ['1.3 on the selector', 0x0304, SelectorEventLoop, 5000],
    ['1.2 on the selector', 0x0303, SelectorEventLoop, 5000],
    // There by choice only.
    ['1.3 on the proactor', 0x0304, ProactorEventLoop, 2500],
    ['1.2 on the proactor', 0x0303, ProactorEventLoop, 2500],
  ])(
    'serves all others, and lets nothing remain, in TLS %s',
    (_, version, Loop, attacks) =>
      inTlsLoop(
        () => {
          const loop = new Loop();
          chooseTlsEngine(loop, openSslEngine);
          return loop;
        },
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
          const memory = new NativeMemory();
          for (let done = 0; done < attacks; done += AT_ONCE) {
            if (done % ROUND === 0) memory.mark();
            await attackAll(loop, server, context, done);
            writer.write(Buffer.from('still here\n'));
            expect((await reader.readline()).toString()).toBe('still here\n');
            if (done % ROUND === 0) await node.exchange();
          }
          writer.close();
          await writer.waitClosed();
          server.close();
          // Does not resolve while the server has a connection.
          await server.waitClosed();
          expect(reports).toEqual([]);
          memory.mark();
          // A connection has 30 KiB and more.
          expect(memory.growth).toBeLessThan(4 * MIB);
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
