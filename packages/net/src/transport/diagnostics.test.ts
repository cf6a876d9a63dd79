import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backends } from '../../test/backends.ts';
import type { ConnectionCloseMessage, ConnectionMessage } from '../diagnostics.ts';
import { Protocol } from './protocol.ts';

describe.each(backends)('the channels of connections with %s', (_, makeLoop) => {
  it('tell of each that a protocol has heard of, and of its end', async () => {
    const heard: string[] = [];
    const opened = (message: unknown): void => {
      const { transport } = message as ConnectionMessage;
      heard.push(`open ${transport.getProtocol()?.constructor.name}`);
    };
    const closed = (message: unknown): void => {
      const { error } = message as ConnectionCloseMessage;
      heard.push(`close ${String(error)}`);
    };
    subscribe('loop:connection:open', opened);
    subscribe('loop:connection:close', closed);
    onTestFinished(() => {
      unsubscribe('loop:connection:open', opened);
      unsubscribe('loop:connection:close', closed);
    });
    const loop = makeLoop();
    const lost = loop.createFuture<void>();
    class Served extends Protocol {
      override connectionMade(): void {
        heard.push('made');
      }
      override connectionLost(): void {
        heard.push('lost');
        lost.setResult();
      }
    }
    await loop.runUntilComplete(async () => {
      const server = await loop.createServer(() => new Served(), '127.0.0.1', 0);
      const [, port] = server.sockets[0]!.getsockname() as [string, number];
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.end();
      await lost;
      server.close();
      await server.waitClosed();
    });
    loop.close();
    expect(heard).toEqual(['open Served', 'made', 'lost', 'close null']);
  });
});
