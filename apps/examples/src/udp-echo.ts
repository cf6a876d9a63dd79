/**
 * An echo server and its client on datagrams, by a protocol each.
 *
 * What to see: the client's `connectionMade` sends, the server answers whoever has sent, and the endpoint
 * closes when the answer is there.
 */
import { type Future, getRunningLoop, run } from '@loop/core';
import { DatagramProtocol, type DatagramTransport, type SocketAddress } from '@loop/net';

class EchoServer extends DatagramProtocol {
  #transport: DatagramTransport | null = null;

  override connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  override datagramReceived(data: Buffer, address: SocketAddress): void {
    console.log(`Received ${JSON.stringify(data.toString())}`);
    this.#transport?.sendto(data, address);
  }
}

class EchoClient extends DatagramProtocol {
  readonly #message: string;
  readonly #answered: Future<string>;

  constructor(message: string, answered: Future<string>) {
    super();
    this.#message = message;
    this.#answered = answered;
  }

  override connectionMade(transport: DatagramTransport): void {
    transport.sendto(Buffer.from(this.#message));
  }

  override datagramReceived(data: Buffer): void {
    this.#answered.setResult(data.toString());
  }

  override errorReceived(error: Error): void {
    // Nobody listens there.
    this.#answered.setException(error);
  }
}

await run(async () => {
  const loop = getRunningLoop();
  const [server] = await loop.createDatagramEndpoint(() => new EchoServer(), {
    localAddr: ['127.0.0.1', 0],
  });
  const [host, port] = server.getExtraInfo('sockname') as [string, number];
  const answered = loop.createFuture<string>();
  const [client] = await loop.createDatagramEndpoint(() => new EchoClient('Hello', answered), {
    remoteAddr: [host, port],
  });
  try {
    console.log(`Answered ${JSON.stringify(await answered)}`);
  } finally {
    client.close();
    server.close();
  }
});
