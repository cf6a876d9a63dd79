/**
 * An echo server and its client, by a protocol each. `tcp-echo server [PORT]` and `tcp-echo client PORT [MESSAGE]`
 * run one of them; without an argument both run here.
 *
 * What to see: the callbacks of a connection in their order, and a future that tells when it is lost.
 */
import { type Future, getRunningLoop, KeyboardInterrupt, run } from '@loop/core';
import { Protocol, type Server, type Transport } from '@loop/net';
import '@loop/signals';

const HOST = '127.0.0.1';

class EchoServer extends Protocol {
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
    console.log('Connection made');
  }

  override dataReceived(data: Buffer): void {
    console.log(`Data received: ${JSON.stringify(data.toString())}`);
    this.#transport?.write(data);
    this.#transport?.close();
    console.log('Sent it back, and closed the connection');
  }
}

class EchoClient extends Protocol {
  readonly #message: string;
  readonly #lost: Future<void>;

  constructor(message: string, lost: Future<void>) {
    super();
    this.#message = message;
    this.#lost = lost;
  }

  override connectionMade(transport: Transport): void {
    transport.write(Buffer.from(this.#message));
    console.log(`Data sent: ${JSON.stringify(this.#message)}`);
  }

  override dataReceived(data: Buffer): void {
    console.log(`Data came back: ${JSON.stringify(data.toString())}`);
  }

  override connectionLost(error: Error | null): void {
    console.log('The server closed the connection');
    if (error === null) this.#lost.setResult();
    else this.#lost.setException(error);
  }
}

async function serve(port: number): Promise<Server> {
  return await getRunningLoop().createServer(() => new EchoServer(), HOST, port);
}

async function ask(port: number, message: string): Promise<void> {
  const loop = getRunningLoop();
  const lost = loop.createFuture<void>();
  const [transport] = await loop.createConnection(() => new EchoClient(message, lost), HOST, port);
  // Until the server closes; and close here in any case.
  try {
    await lost;
  } finally {
    transport.close();
  }
}

async function main([role, port = '0', message = 'Hello World!']: string[]): Promise<void> {
  if (role === 'client') {
    await ask(Number(port), message);
    return;
  }
  await using server = await serve(Number(port));
  const [, listening] = server.sockets[0]!.getsockname() as [string, number];
  if (role !== 'server') {
    await ask(listening, message);
    return;
  }
  console.log(`Serving on ${HOST}:${listening}. Ctrl-C ends the server.`);
  await server.serveForever();
}

try {
  await run(() => main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
}
