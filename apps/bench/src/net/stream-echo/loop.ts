/** An echo server of ours: `loop.js PEER tcp|unix|buffered PATH`. */
import { getRunningLoop, run } from '@loop/core';
import { BufferedProtocol, Protocol, type Transport } from '@loop/net';
import { ownLoop } from '../own-loop.ts';
import { announce } from '../server-process.ts';

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

class BufferedEcho extends BufferedProtocol {
  readonly #buffer = new Uint8Array(256 * 1024);
  #transport: Transport | null = null;

  override connectionMade(transport: Transport): void {
    this.#transport = transport;
  }

  override getBuffer(): Uint8Array {
    return this.#buffer;
  }

  override bufferUpdated(count: number): void {
    this.#transport?.write(this.#buffer.subarray(0, count));
  }
}

const [peer, kind, path = ''] = process.argv.slice(2);
const loopFactory = ownLoop(peer);
if (loopFactory === undefined) throw new Error(`This version has no ${peer}`);

await run(
  async () => {
    const loop = getRunningLoop();
    const factory = kind === 'buffered' ? () => new BufferedEcho() : () => new Echo();
    const server =
      kind === 'unix'
        ? await loop.createUnixServer(factory, path, { backlog: BACKLOG })
        : await loop.createServer(factory, '127.0.0.1', 0, { backlog: BACKLOG });
    const name = server.sockets[0]?.getsockname();
    announce(kind === 'unix' ? path : ((name as [string, number])[1] ?? 0));
    await server.serveForever();
  },
  { loopFactory },
);
