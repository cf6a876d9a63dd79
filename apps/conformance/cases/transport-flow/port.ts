// Water marks: when a protocol is told to pause and to go on, and what limits are refused.
import { newEventLoop, sleep } from '@loop/core';
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
    received = 0;
    transport!: Transport;

    override connectionMade(transport: Transport): void {
      this.transport = transport;
      this.made.setResult();
    }

    override dataReceived(data: Buffer): void {
      this.received += data.length;
    }
  }

  class Paused extends Quiet {
    readonly resumed = loop.createFuture<void>();

    override pauseWriting(): void {
      const { transport } = this;
      print('pause', transport.getWriteBufferSize() > transport.getWriteBufferLimits()[1]);
    }

    override resumeWriting(): void {
      const { transport } = this;
      print('resume', transport.getWriteBufferSize() <= transport.getWriteBufferLimits()[0]);
      if (!this.resumed.done()) this.resumed.setResult();
    }
  }

  type Limits = readonly [text: string, high?: number | null, low?: number];

  function* main(): Steps {
    const served = new Quiet();
    const server: Server = yield loop.createServer(() => served, '127.0.0.1', 0);
    const [host, port] = server.sockets[0]!.getsockname() as [string, number];
    const [transport, client]: [Transport, Paused] = yield loop.createConnection(
      () => new Paused(),
      host,
      port,
    );
    yield served.made;
    const limits = (): string => `(${transport.getWriteBufferLimits().join(', ')})`;
    print(limits(), transport.getWriteBufferSize());
    const settings: Limits[] = [
      ["{'high': 1000}", 1000],
      ["{'low': 500}", null, 500],
      ["{'high': 0}", 0],
      ["{'high': 100, 'low': 100}", 100, 100],
      ['{}'],
    ];
    for (const [text, high, low] of settings) {
      transport.setWriteBufferLimits(high, low);
      print(text, limits());
    }
    for (const [high, low] of [[10, 20], [-1], [null, -1]]) {
      try {
        transport.setWriteBufferLimits(high, low);
      } catch (error) {
        print((error as Error).message);
      }
    }
    served.transport.pauseReading();
    served.transport.pauseReading();
    print(served.transport.isReading());
    transport.write(Buffer.alloc(10_000_000));
    transport.write(Buffer.from('more'));
    print('size', transport.getWriteBufferSize() > 65536);
    served.transport.resumeReading();
    served.transport.resumeReading();
    print(served.transport.isReading());
    yield client.resumed;
    transport.setWriteBufferLimits(0);
    while (served.received < 10_000_004) yield sleep(0);
    print(served.received, transport.getWriteBufferSize());
    transport.close();
    server.close();
    yield server.waitClosed();
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
