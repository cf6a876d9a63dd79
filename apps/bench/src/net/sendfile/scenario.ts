import type { Scenario } from '../scenario.ts';

const GIB = 1024 ** 3;

/** A server that answers each byte it gets with a large file: the cost of a gibibyte. */
export const sendfile: Scenario = {
  folder: 'sendfile',
  // uvloop has no sendfile().
  peers: ['loop', 'proactor', 'node', 'asyncio', 'c'],
  generator: 'fetch-generator',
  cases: [
    {
      title: 'sendfile, 1 GiB',
      unit: 'ns',
      server: [String(GIB)],
      load: { mode: 'fetch', transport: 'tcp', connections: 1, size: GIB },
      targets: [
        { against: 'node', atMost: 0.2 },
        { against: 'asyncio', atMost: 1 },
      ],
    },
  ],
};
