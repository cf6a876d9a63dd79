/** A UDP echo server of ours: `loop.js PEER`. */
import { getRunningLoop, run } from '@loop/core';
import { DatagramProtocol, type DatagramTransport, type SocketAddress } from '@loop/net';
import { ownLoop } from '../own-loop.ts';
import { announce } from '../server-process.ts';

class Echo extends DatagramProtocol {
  #transport: DatagramTransport | null = null;

  override connectionMade(transport: DatagramTransport): void {
    this.#transport = transport;
  }

  override datagramReceived(data: Buffer, address: SocketAddress): void {
    this.#transport?.sendto(data, address);
  }
}

const [peer] = process.argv.slice(2);
const loopFactory = ownLoop(peer);
if (loopFactory === undefined) throw new Error(`This version has no ${peer}`);

await run(
  async () => {
    const loop = getRunningLoop();
    const [transport] = await loop.createDatagramEndpoint(() => new Echo(), {
      localAddr: ['127.0.0.1', 0],
    });
    announce((transport.getExtraInfo('sockname') as [string, number])[1]);
    await loop.createFuture();
  },
  { loopFactory },
);
