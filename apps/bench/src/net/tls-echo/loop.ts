/** An echo server of ours over TLS: `loop.js PEER PATH`. */
import { getRunningLoop, run } from '@loop/core';
import { PROTOCOL_TLS_SERVER, Protocol, SSLContext, type Transport } from '@loop/net';
import { ownLoop } from '../own-loop.ts';
import { announce } from '../server-process.ts';
import { makeCertificate } from './certificate.ts';

const BACKLOG = 4096;

class Echo extends Protocol {
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(data: Buffer): void {
    this.#transport?.write(data);
  }
}

const [peer, path = ''] = process.argv.slice(2);
const loopFactory = ownLoop(peer);
if (loopFactory === undefined) throw new Error(`This version has no ${peer}`);

const { cert, key } = makeCertificate(path);
const ssl = new SSLContext(PROTOCOL_TLS_SERVER);
ssl.loadCertChain(Buffer.from(cert), Buffer.from(key));

await run(
  async () => {
    const options = { ssl, backlog: BACKLOG };
    const server = await getRunningLoop().createServer(() => new Echo(), '127.0.0.1', 0, options);
    announce((server.sockets[0]!.getsockname() as [string, number])[1]);
    await server.serveForever();
  },
  { loopFactory },
);
