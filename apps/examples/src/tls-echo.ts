/**
 * An echo server over TLS, a client that trusts its certificate, and one that does not.
 *
 * What to see: a context for each side, `ssl` in place of nothing, and that the protocol is the same as
 * without TLS: `connectionMade` comes when the peer has been verified.
 */
import { type Future, getRunningLoop, run } from '@loop/core';
import {
  createDefaultContext,
  Protocol,
  SSLCertVerificationError,
  type SSLInfo,
  type Transport,
} from '@loop/net';
import { ThrowawayCertificate } from './throwaway-certificate.ts';

class Echo extends Protocol {
  #transport!: Transport;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#transport.write(data);
  }
}

class Caller extends Protocol {
  readonly #answer: Future<string>;

  constructor(answer: Future<string>) {
    super();
    this.#answer = answer;
  }

  override connectionMade(transport: Transport): void {
    const info = transport.getExtraInfo('ssl_object') as SSLInfo;
    console.log(`Connected by ${info.version()} with ${info.cipher()?.[0]}`);
    transport.write(Buffer.from('Hello, TLS!'));
  }

  override dataReceived(data: Buffer): void {
    this.#answer.setResult(data.toString());
  }
}

async function main({ certfile, keyfile }: ThrowawayCertificate): Promise<void> {
  const loop = getRunningLoop();
  const ssl = createDefaultContext({ purpose: 'CLIENT_AUTH', certfile, keyfile });
  await using server = await loop.createServer(() => new Echo(), 'localhost', 0, { ssl });
  const [, port] = server.sockets[0]!.getsockname() as [string, number];

  const answer = loop.createFuture<string>();
  const trusting = createDefaultContext({ cafile: certfile });
  const [transport] = await loop.createConnection(() => new Caller(answer), 'localhost', port, {
    ssl: trusting,
  });
  console.log(`The server said: ${await answer}`);
  transport.close();

  try {
    await loop.createConnection(() => new Caller(answer), 'localhost', port, { ssl: true });
  } catch (error) {
    if (!(error instanceof SSLCertVerificationError)) throw error;
    console.log(`A client that does not know it: ${error.verifyMessage}`);
  }
}

using certificate = new ThrowawayCertificate();
await run(() => main(certificate));
