// Who may go on writing when one side has ended, by what eofReceived() returns.
import { type Future, newEventLoop } from '@loop/core';
import { Protocol, type Server, type Transport } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

type Event = 'made' | 'data' | 'eof' | 'lost';

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Noisy extends Protocol {
    readonly events: Record<Event, Future<void>> = {
      made: loop.createFuture<void>(),
      data: loop.createFuture<void>(),
      eof: loop.createFuture<void>(),
      lost: loop.createFuture<void>(),
    };
    readonly #name: string;
    readonly #keepOpen: boolean;
    transport!: Transport;

    constructor(name: string, keepOpen: boolean) {
      super();
      this.#name = name;
      this.#keepOpen = keepOpen;
    }

    #happened(event: Event, ...details: unknown[]): void {
      print(this.#name, event, ...details);
      if (!this.events[event].done()) this.events[event].setResult();
    }

    override connectionMade(transport: Transport): void {
      this.transport = transport;
      this.events.made.setResult();
    }

    override dataReceived(data: Buffer): void {
      this.#happened('data', data.toString());
    }

    override eofReceived(): boolean {
      this.#happened('eof');
      return this.#keepOpen;
    }

    override connectionLost(error: Error | null): void {
      this.#happened('lost', error);
    }
  }

  function attempt(call: () => void): void {
    try {
      call();
    } catch (error) {
      print((error as Error).message);
    }
  }

  function* converse(keepOpen: boolean): Steps {
    print('keep open:', keepOpen);
    const served = new Noisy('server', keepOpen);
    const server: Server = yield loop.createServer(() => served, '127.0.0.1', 0);
    const [host, port] = server.sockets[0]!.getsockname() as [string, number];
    const [transport, client]: [Transport, Noisy] = yield loop.createConnection(
      () => new Noisy('client', false),
      host,
      port,
    );
    yield served.events.made;
    print(served.transport.isReading(), transport.isReading(), transport.isClosing());
    transport.write(Buffer.from('one'));
    yield served.events.data;
    print(transport.canWriteEof());
    transport.writeEof();
    transport.writeEof();
    attempt(() => transport.write(Buffer.from('two')));
    attempt(() => transport.writelines([Buffer.from('two')]));
    yield served.events.eof;
    print(served.transport.isClosing(), transport.isClosing());
    if (keepOpen) {
      served.transport.write(Buffer.from('three'));
      yield client.events.data;
      served.transport.close();
    }
    yield served.events.lost;
    yield client.events.eof;
    yield client.events.lost;
    print(served.transport.isClosing(), transport.isClosing());
    server.close();
    yield server.waitClosed();
  }

  function* main(): Steps {
    yield* converse(true);
    yield* converse(false);
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
