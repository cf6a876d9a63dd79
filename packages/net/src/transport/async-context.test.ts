import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { backends } from '../../test/backends.ts';
import { Protocol } from './protocol.ts';
import type { Transport } from './transport.ts';

const storage = new AsyncLocalStorage<string>();

describe.each(backends)("another library's AsyncLocalStorage with %s", (_, makeLoop) => {
  it('is in the callbacks of a protocol what it was where the server was made', async () => {
    const seen: string[] = [];
    const note = (what: string): void => void seen.push(`${what} ${storage.getStore() ?? 'none'}`);
    const loop = makeLoop();
    class Noting extends Protocol {
      #transport: Transport | null = null;
      override connectionMade(transport: Transport): void {
        this.#transport = transport;
        note('made');
      }
      override dataReceived(data: Buffer): void {
        note('data');
        this.#transport?.write(data);
      }
      override connectionLost(): void {
        note('lost');
        done.setResult();
      }
    }
    const done = loop.createFuture<void>();
    await loop.runUntilComplete(async () => {
      const server = await storage.run('server', () =>
        loop.createServer(() => new Noting(), '127.0.0.1', 0),
      );
      const [, port] = server.sockets[0]!.getsockname() as [string, number];
      await storage.run('client', async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write('hello');
        await once(socket, 'data');
        socket.end();
      });
      await done;
      server.close();
      await server.waitClosed();
    });
    loop.close();
    expect(seen).toEqual(['made server', 'data server', 'lost server']);
  });
});
