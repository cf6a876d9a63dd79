import { getRunningLoop, Queue, timeout } from '@loop/core';
import { DatagramProtocol } from '@loop/net';
import { expectBytes, type Scenario } from '../scenario.ts';

class Inbox extends DatagramProtocol {
  readonly received = new Queue<Buffer>();
  readonly lost = getRunningLoop().createFuture<void>();

  override datagramReceived(data: Buffer): void {
    this.received.putNowait(data);
  }

  override connectionLost(): void {
    if (!this.lost.done()) this.lost.setResult();
  }
}

export const datagramScenarios: readonly Scenario[] = [
  {
    name: 'datagrams',
    weight: 4,
    async run({ loop, udpPort }, random) {
      const [transport, inbox] = await loop.createDatagramEndpoint(() => new Inbox(), {
        remoteAddr: ['127.0.0.1', udpPort],
      });
      try {
        for (let round = random.integer(1, 5); round > 0; round--) {
          const sent = random.bytes(random.size(20_000));
          transport.sendto(sent);
          // On loopback one at a time arrives.
          expectBytes(await timeout(60, () => inbox.received.get()), sent, 'datagram');
        }
      } finally {
        transport.close();
      }
      await inbox.lost;
    },
  },
];
