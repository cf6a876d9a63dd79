// Datagrams between an endpoint that is bound and one that is connected, and what they refuse.
import { newEventLoop, Queue } from '@loop/core';
import { DatagramProtocol, type DatagramTransport, type SocketAddress } from '@loop/net';
import type { Print } from '../../src/print.ts';
import { inAsyncFunction, inGenerator, type InStyle, type Steps } from '../../src/two-styles.ts';

export async function generator(print: Print): Promise<void> {
  await program(print, inGenerator);
}

export async function asynchronous(print: Print): Promise<void> {
  await program(print, inAsyncFunction);
}

async function program(print: Print, inStyle: InStyle): Promise<void> {
  class Noisy extends DatagramProtocol {
    readonly #name: string;
    readonly queue = new Queue<SocketAddress | null>();
    readonly lost = loop.createFuture<void>();

    constructor(name: string) {
      super();
      this.#name = name;
    }

    override connectionMade(transport: DatagramTransport): void {
      print(this.#name, 'made', transport.isClosing());
    }

    override datagramReceived(data: Buffer, address: SocketAddress): void {
      print(this.#name, 'received', data.toString());
      this.queue.putNowait(address);
    }

    override errorReceived(error: Error & { code?: string }): void {
      print(this.#name, 'error', error.code === 'ECONNREFUSED' ? 'ConnectionRefusedError' : error);
      this.queue.putNowait(null);
    }

    override connectionLost(error: Error | null): void {
      print(this.#name, 'lost', error);
      this.lost.setResult();
    }
  }

  function attempt(call: () => void): void {
    try {
      call();
    } catch (error) {
      const { name, message } = error as Error;
      print(name, message.split(/ \('|, not/)[0]);
    }
  }

  function* main(): Steps {
    const [near, server]: [DatagramTransport, Noisy] = yield loop.createDatagramEndpoint(
      () => new Noisy('server'),
      { localAddr: ['127.0.0.1', 0] },
    );
    const name = near.getExtraInfo('sockname') as [string, number];
    const [far, client]: [DatagramTransport, Noisy] = yield loop.createDatagramEndpoint(
      () => new Noisy('client'),
      { remoteAddr: name },
    );
    const same = (a: unknown, b: unknown): boolean => String(a) === String(b);
    print(same(far.getExtraInfo('peername'), name), near.getExtraInfo('peername'));
    far.sendto(Buffer.from('one'));
    let address: SocketAddress = yield server.queue.get();
    print(same(address, far.getExtraInfo('sockname')));
    near.sendto(Buffer.from('two'), address);
    address = yield client.queue.get();
    print(same(address, name));
    far.sendto(Buffer.from('three'), name);
    yield server.queue.get();
    far.sendto(Buffer.alloc(0));
    yield server.queue.get();
    attempt(() => far.sendto(null as never));
    attempt(() => far.sendto(Buffer.from('elsewhere'), ['127.0.0.1', 1]));
    print(near.getWriteBufferSize(), ...near.getWriteBufferLimits());
    near.close();
    near.close();
    print(near.isClosing(), server.lost.done());
    yield server.lost;
    far.sendto(Buffer.from('refused'));
    yield client.queue.get();
    print(far.isClosing());
    far.abort();
    yield client.lost;
    far.sendto(Buffer.from('dropped'));
  }

  const loop = newEventLoop();
  await loop.runUntilComplete(inStyle(main));
  loop.close();
}
