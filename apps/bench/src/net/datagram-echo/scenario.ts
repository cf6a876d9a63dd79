import { NET_PEERS, type NetCase, type Scenario } from '../scenario.ts';

/** A server that sends datagrams back; each flow has one on its way. */
export const datagramEcho: Scenario = {
  folder: 'datagram-echo',
  peers: NET_PEERS,
  cases: [1, 64].map((flows): NetCase => ({
    title: `UDP echo, ${flows} x 1000 bytes`,
    unit: 'ns',
    server: [],
    load: { mode: 'echo', transport: 'udp', connections: flows, size: 1000 },
    targets:
      flows === 1
        ? []
        : [
            { against: 'node', atMost: 0.45 },
            { against: 'uvloop', atMost: 0.7 },
          ],
  })),
};
