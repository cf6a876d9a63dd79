import type { Target } from '../../harness/workload.ts';
import type { NetCase, Scenario } from '../scenario.ts';

const KIB = 1024;
const PEERS = ['loop', 'proactor', 'node', 'asyncio', 'uvloop'] as const;

const FASTER: readonly Target[] = [
  { against: 'node', atMost: 0.8 },
  { against: 'uvloop', atMost: 0.85 },
];
const NO_WORSE: readonly Target[] = [
  { against: 'node', atMost: 1 },
  { against: 'uvloop', atMost: 1 },
];

/** A server that sends back what it gets, over TLS 1.3. */
export const tlsEcho: Scenario = {
  folder: 'tls-echo',
  peers: PEERS,
  generator: 'tls-generator',
  libraries: ['-lssl', '-lcrypto'],
  cases: [...echo(), ...handshakes(), memory()],
};

function* echo(): Generator<NetCase> {
  for (const kib of [1, 10, 100]) {
    for (const connections of [1, 10, 100]) {
      yield {
        title: `TLS echo, ${connections} x ${kib} KiB`,
        unit: 'ns',
        server: [],
        load: { mode: 'echo', transport: 'tcp', connections, size: kib * KIB },
        targets: connections === 1 || kib === 100 ? NO_WORSE : FASTER,
      };
    }
  }
}

/** A connection that is made for one exchange, and ended by both sides. */
function* handshakes(): Generator<NetCase> {
  for (const mode of ['connect', 'resume'] as const) {
    yield {
      title: `TLS accept, ${mode === 'resume' ? 'resumed' : 'full'} handshake, 10 at a time`,
      unit: 'ns',
      server: [],
      load: { mode, transport: 'tcp', connections: 10, size: 64 },
      targets: FASTER,
    };
  }
}

function memory(): NetCase {
  return {
    title: 'TLS memory of an idle connection, 1000 of them',
    unit: 'bytes',
    server: [],
    load: { mode: 'hold', transport: 'tcp', connections: 1000, size: KIB },
    targets: [{ against: 'node', atMost: 0.6 }],
  };
}
