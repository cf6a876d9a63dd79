// A server from its making to its end, and what it answers in each state.
import { CancelledError, newEventLoop, sleep, wrapFuture } from '@loop/core';
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
  class Quiet extends Protocol {
    readonly made = loop.createFuture<void>();
    readonly lost = loop.createFuture<void>();
    transport!: Transport;

    override connectionMade(transport: Transport): void {
      this.transport = transport;
      this.made.setResult();
    }

    override connectionLost(): void {
      this.lost.setResult();
    }
  }

  function show(server: Server): void {
    print(server.isServing(), server.sockets.length, server.getLoop() === loop);
  }

  function* connected(): Steps<[Server, Quiet, Quiet]> {
    const served = new Quiet();
    const server: Server = yield loop.createServer(() => served, '127.0.0.1', 0);
    const [host, port] = server.sockets[0]!.getsockname() as [string, number];
    const [, client]: [Transport, Quiet] = yield loop.createConnection(
      () => new Quiet(),
      host,
      port,
    );
    yield served.made;
    return [server, served, client];
  }

  function* startsLater(): Steps {
    const options = { startServing: false };
    const server: Server = yield loop.createServer(() => new Quiet(), '127.0.0.1', 0, options);
    show(server);
    yield server.startServing();
    yield server.startServing();
    show(server);
    server.close();
    show(server);
    server.close();
    yield server.waitClosed();
    try {
      yield server.serveForever();
    } catch (error) {
      print((error as Error).message.split('> ').at(-1));
    }
  }

  function* waitsForConnections(): Steps {
    const [server, served, client] = yield* connected();
    server.close();
    const waiting = loop.createTask(() => server.waitClosed());
    yield sleep(0);
    print('closed', waiting.done());
    client.transport.close();
    yield served.lost;
    yield waiting;
    print('closed', waiting.done());
  }

  function* closesItsClients(method: 'closeClients' | 'abortClients'): Steps {
    const [server, served, client] = yield* connected();
    server[method]();
    print(served.transport.isClosing(), server.isServing());
    yield client.lost;
    server.close();
    yield server.waitClosed();
  }

  function* servesUntilCancelled(): Steps {
    const options = { startServing: false };
    const server: Server = yield loop.createServer(() => new Quiet(), '127.0.0.1', 0, options);
    const task = loop.createTask(() => server.serveForever());
    yield sleep(0);
    yield sleep(0);
    show(server);
    try {
      yield server.serveForever();
    } catch (error) {
      print((error as Error).message.split('> ').at(-1));
    }
    task.cancel();
    try {
      yield task;
    } catch (error) {
      if (error instanceof CancelledError) print('cancelled');
    }
    show(server);
  }

  function* endsWithItsBlock(): Steps {
    const server: Server = yield loop.createServer(() => new Quiet(), '127.0.0.1', 0);
    show(server);
    yield wrapFuture(server[Symbol.asyncDispose]());
    show(server);
  }

  function* main(): Steps {
    yield* startsLater();
    yield* waitsForConnections();
    yield* closesItsClients('closeClients');
    yield* closesItsClients('abortClients');
    yield* servesUntilCancelled();
    yield* endsWithItsBlock();
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
