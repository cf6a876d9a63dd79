import type { NetCase, Scenario } from '../scenario.ts';

const KIB = 1024;
const STYLES = [
  ['generator', 'generators'],
  ['asynchronous', 'async functions'],
] as const;

/** A server that sends back what it reads, one task for each connection, against the same in Python. */
export const streamsEcho: Scenario = {
  folder: 'streams-echo',
  peers: ['loop', 'proactor', 'asyncio', 'uvloop'],
  cases: [...echo()],
};

function* echo(): Generator<NetCase> {
  for (const [style, name] of STYLES) {
    for (const kib of [1, 10, 100]) {
      for (const connections of [10, 100, 1000]) {
        yield {
          title: `Streams echo in ${name}, ${connections} x ${kib} KiB`,
          unit: 'ns',
          server: [style],
          load: { mode: 'echo', transport: 'tcp', connections, size: kib * KIB },
          targets: kib === 100 ? [] : [{ against: 'uvloop', atMost: 0.7 }],
        };
      }
    }
  }
}
