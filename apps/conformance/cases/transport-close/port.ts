// How a connection ends: close() with something to send, abort(), both twice, and what comes after.
import { newEventLoop } from '@loop/core';
import { Protocol, type Server, type Transport } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Noisy extends Protocol {
    received = 0;
    readonly made = loop.createFuture<void>();
    readonly lost = loop.createFuture<string | null>();
    transport!: Transport;

    override connectionMade(transport: Transport): void {
      this.transport = transport;
      this.made.setResult();
    }

    override dataReceived(data: Buffer): void {
      this.received += data.length;
    }

    override connectionLost(error: (Error & { code?: string }) | null): void {
      this.lost.setResult(error?.code === 'ECONNRESET' ? 'ConnectionResetError' : null);
    }
  }

  function* pair(): Steps<[Noisy, Noisy]> {
    const served = new Noisy();
    const server: Server = yield loop.createServer(() => served, '127.0.0.1', 0);
    const [host, port] = server.sockets[0]!.getsockname() as [string, number];
    const [, client]: [Transport, Noisy] = yield loop.createConnection(
      () => new Noisy(),
      host,
      port,
    );
    yield served.made;
    server.close();
    return [served, client];
  }

  function* closesWithMuchToSend(): Steps {
    const [served, client] = yield* pair();
    served.transport.pauseReading();
    client.transport.write(Buffer.alloc(8_000_000));
    print('buffered', client.transport.getWriteBufferSize() > 0);
    client.transport.close();
    client.transport.close();
    print(client.transport.isClosing(), client.transport.isReading(), client.lost.done());
    served.transport.resumeReading();
    const clientLost: string | null = yield client.lost;
    const servedLost: string | null = yield served.lost;
    print('client', clientLost, 'server', servedLost, served.received);
  }

  function* aborts(): Steps {
    const [served, client] = yield* pair();
    served.transport.pauseReading();
    client.transport.write(Buffer.alloc(8_000_000));
    client.transport.abort();
    const { transport } = client;
    print(transport.isClosing(), transport.getWriteBufferSize(), client.lost.done());
    const lost: string | null = yield client.lost;
    print('client', lost);
    served.transport.resumeReading();
    yield served.lost;
    print('all there', served.received === 8_000_000);
  }

  function* closesAtOnce(): Steps {
    const [served, client] = yield* pair();
    served.transport.close();
    print(served.transport.isClosing(), served.lost.done());
    const servedLost: string | null = yield served.lost;
    const clientLost: string | null = yield client.lost;
    print('server', servedLost, 'client', clientLost);
    served.transport.close();
  }

  function* isReset(): Steps {
    const [served, client] = yield* pair();
    client.transport.pauseReading();
    served.transport.write(Buffer.from('never read'));
    client.transport.abort();
    const clientLost: string | null = yield client.lost;
    const servedLost: string | null = yield served.lost;
    print('client', clientLost, 'server', servedLost);
  }

  function* main(): Steps {
    yield* closesWithMuchToSend();
    yield* aborts();
    yield* closesAtOnce();
    yield* isReset();
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
