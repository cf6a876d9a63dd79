/** Sends a file of ours for each byte: `loop.js PEER SIZE PATH`. */
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { getRunningLoop, run } from '@loop/core';
import { Protocol, type Transport } from '@loop/net';
import { ownLoop } from '../own-loop.ts';
import { announce } from '../server-process.ts';

const [peer, size = '0', path = ''] = process.argv.slice(2);
const file = openSync(path, 'w+');
ftruncateSync(file, Number(size));
process.on('exit', () => closeSync(file));

class Files extends Protocol {
  #transport!: Transport;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override dataReceived(): void {
    void getRunningLoop().sendfile(this.#transport, file);
  }
}

const loopFactory = ownLoop(peer);
if (loopFactory === undefined) throw new Error(`This version has no ${peer}`);

await run(
  async () => {
    const server = await getRunningLoop().createServer(() => new Files(), '127.0.0.1', 0);
    const name = server.sockets[0]?.getsockname();
    announce((name as [string, number])[1]);
    await server.serveForever();
  },
  { loopFactory },
);
