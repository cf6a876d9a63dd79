import type { Target } from '../../harness/workload.ts';
import { NET_PEERS, type NetCase, type Scenario } from '../scenario.ts';

const KIB = 1024;
const CONNECTIONS = [1, 10, 100, 1000];
const SIZES = [1, 10, 100];

/** Connections that are made, used once or not at all, and closed by both sides: ten at a time. */
const shortLived: readonly NetCase[] = [4, 0].map((size) => ({
  title: size === 0 ? 'TCP accept and close' : 'TCP accept, echo 4 bytes, close',
  unit: 'ns',
  server: ['tcp'],
  load: { mode: 'connect', transport: 'tcp', connections: 10, size },
  targets: [{ against: 'node', atMost: 0.5 }],
}));

/** Each has had one exchange. */
const idle: NetCase = {
  title: 'TCP memory per idle connection, of 9,900',
  unit: 'bytes',
  server: ['tcp'],
  load: { mode: 'hold', transport: 'tcp', connections: 9_900, size: KIB },
  targets: [{ against: 'node', atMost: 0.5 }],
};

/** A server that sends back what it gets: the cost of a request and its answer. */
export const streamEcho: Scenario = {
  folder: 'stream-echo',
  peers: NET_PEERS,
  cases: [...echo('tcp', 'TCP'), ...echo('unix', 'Unix'), ...buffered(), ...shortLived, idle],
};

function* echo(transport: 'tcp' | 'unix', name: string): Generator<NetCase> {
  for (const kib of SIZES) {
    for (const connections of CONNECTIONS) {
      yield {
        title: `${name} echo, ${connections} x ${kib} KiB`,
        unit: 'ns',
        server: [transport],
        load: { mode: 'echo', transport, connections, size: kib * KIB },
        targets: targetsOf(connections, kib),
      };
    }
  }
}

/** The peers that can have the bytes put into memory of their own. */
function* buffered(): Generator<NetCase> {
  for (const connections of CONNECTIONS) {
    yield {
      title: `TCP echo by BufferedProtocol, ${connections} x 100 KiB`,
      unit: 'ns',
      server: ['buffered'],
      load: { mode: 'echo', transport: 'tcp', connections, size: 100 * KIB },
      targets: connections === 1 ? [] : [{ against: 'uvloop', atMost: 1 }],
      peers: ['loop', 'proactor', 'asyncio', 'uvloop'],
    };
  }
}

function targetsOf(connections: number, kib: number): readonly Target[] {
  const proactor: Target = { of: 'proactor', against: 'node', atMost: 1.15 };
  if (connections === 1) return [{ against: 'node', atMost: 1 }, proactor];
  if (kib === 100) return [{ against: 'node', atMost: 0.6 }, proactor];
  return [
    { against: 'uvloop', atMost: 0.9 },
    { against: 'node', atMost: 0.7 },
    { against: 'c', atMost: 1.2, aim: 1.1 },
    proactor,
  ];
}
